"""HTTP of photos: taken in as they come, kept only as drawn anew, served with headers that let nothing run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from geo_service.api.deps import Language, WiringDep, Writing
from geo_service.api.preconditions import version_of
from geo_service.errors import ConflictError, NotFoundError, RequestError
from geo_service.flows.facilities import service
from geo_service.flows.facilities.asking import Id, IfMatch, Keeper, Reader, found_one
from geo_service.flows.facilities.schemas import FacilityOut
from geo_service.flows.facilities.showing import facility_out
from geo_service.media import MediaStore, Picture, draw_anew

router = APIRouter(prefix="/api/v1", tags=["facilities"])
MOST_PHOTOS = 12
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=31536000, immutable",
}
_PICTURE = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png", "image/webp")},
    }
}


async def picture_of(request: Request, _: Keeper) -> Picture:
    """The body as a picture, drawn anew before a connection is taken: a large one holds nobody up."""
    raw = await request.body()
    if not raw:
        raise RequestError("empty_file", en="send the picture as the body", zh="请以请求体发送图片", field="photo")
    return await run_in_threadpool(draw_anew, raw)


def store_of(wiring: WiringDep) -> MediaStore:
    """Where pictures are kept."""
    return MediaStore(wiring.settings.storage.data_dir / "media")


Store = Annotated[MediaStore, Depends(store_of)]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.post("/facilities/{facility_id}/photos", status_code=201, openapi_extra=_PICTURE, summary="Add a photo of a place")
def add_photo(
    facility_id: Id,
    picture: Annotated[Picture, Depends(picture_of)],
    connection: Writing,
    wiring: WiringDep,
    store: Store,
    language: Language,
    actor: Keeper,
    caption: Annotated[str, Query(max_length=100)] = "",
    if_match: IfMatch = None,
) -> FacilityOut:
    """Needs the permission facilities.write and If-Match. The body is the JPEG, PNG or WebP itself, at most 12 MB and 40 million pixels.
    Only its pixels are kept, upright and at most 2,000 long: place, camera and comments in the file are gone."""
    version, published, now = version_of(if_match), wiring.published.current(), wiring.clock.now()
    row = service.looked_at(connection, published, facility_id, version=version, actor=actor)
    photos = list(row["photos"] or [])
    if len(photos) >= MOST_PHOTOS:
        raise ConflictError("too_many_photos", en="a place has at most {most} photos", zh="每处最多 {most} 张照片", most=MOST_PHOTOS)
    digest = store.keep(picture)
    if any(photo["digest"] == digest for photo in photos):
        raise ConflictError("photo_there", en="this photo is there already", zh="该照片已存在")
    line = "".join(sign for sign in caption if sign.isprintable()).strip()
    photos.append({"digest": digest, "width": picture.width, "height": picture.height, "caption": line})
    told = {"digest": digest, "width": picture.width, "height": picture.height}
    service.put_photos(connection, row, photos, what="facility_photo_added", told=told, actor=actor, now=now)
    return facility_out(found_one(connection, wiring, facility_id), published, now=now, language=language)


@router.delete("/facilities/{facility_id}/photos/{digest}", summary="Take a photo of a place away")
def remove_photo(
    facility_id: Id,
    digest: Digest,
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Keeper,
    if_match: IfMatch = None,
) -> FacilityOut:
    """Needs the permission facilities.write and If-Match."""
    version, published, now = version_of(if_match), wiring.published.current(), wiring.clock.now()
    row = service.looked_at(connection, published, facility_id, version=version, actor=actor)
    left = [photo for photo in row["photos"] or [] if photo["digest"] != digest]
    if len(left) == len(row["photos"] or []):
        raise NotFoundError("picture_not_found", en="there is no such picture", zh="没有该图片")
    service.put_photos(connection, row, left, what="facility_photo_removed", told={"digest": digest}, actor=actor, now=now)
    return facility_out(found_one(connection, wiring, facility_id), published, now=now, language=language)


@router.get("/media/{digest}-small.jpg", summary="A small photo", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def small_photo(digest: Digest, store: Store, _: Reader) -> Response:
    """Needs a key."""
    return Response(store.read(digest, small=True), media_type="image/jpeg", headers=_SAFE)


@router.get("/media/{digest}.jpg", summary="A photo", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def photo(digest: Digest, store: Store, _: Reader) -> Response:
    """Needs a key. Never changes under its address."""
    return Response(store.read(digest), media_type="image/jpeg", headers=_SAFE)
