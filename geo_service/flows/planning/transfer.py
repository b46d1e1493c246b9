"""HTTP of files that come: import of a city, adoption of an edited file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response

from boundaries.editing.adopt import Adoption
from boundaries.files.layers import refuse_large_layer
from boundaries.files.sources import Source
from boundaries.store.drafts import DraftRecord
from boundaries.store.repository import current_number, require_city
from geo_service.accounts import Actor
from geo_service.api.auth import permits
from geo_service.api.deps import Language, WiringDep
from geo_service.api.jobs import JobOut, href, job_out
from geo_service.api.uploads import Upload, multipart, received, without_folder
from geo_service.api.wiring import Wiring
from geo_service.flows.planning import adopting, importing, preparing
from geo_service.flows.planning.changes import area_changes, defect_out, draft_out
from geo_service.flows.planning.file_schemas import AdoptIn, AdoptOut, ImportIn, ImportOut
from geo_service.flows.planning.generations import Planner
from geo_service.flows.planning.preconditions import head_of
from geo_service.flows.planning.waiting_files import ask_to_import

router = APIRouter(prefix="/api/v1", tags=["planning"])

_IMPORT = '{"layers": [{"level": "community", "layer": "communities", "code": "code"}, {"level": "grid", "layer": "grids", "code": "id"}]}'

Importer = Annotated[Actor, Depends(permits("planning.write", whole_city=True))]


async def import_upload(request: Request, _: Importer) -> AsyncIterator[Upload]:
    """The files and how to read them; nothing of the body is read for who may not send it."""
    async with received(request, ImportIn) as upload:
        yield upload


async def adopt_upload(request: Request, _: Planner) -> AsyncIterator[Upload]:
    """The edited file and how to take it over."""
    async with received(request, AdoptIn) as upload:
        yield upload


Importing = Annotated[Upload, Depends(import_upload, scope="function")]
Adopting = Annotated[Upload, Depends(adopt_upload, scope="function")]
IfMatch = Annotated[str | None, Header(description='the draft\'s head, e.g. "7"')]


@router.post(
    "/generations/import",
    status_code=202,
    responses={201: {"model": ImportOut, "description": "Imported while the caller waited"}, 202: {"model": JobOut}},
    openapi_extra=multipart(ImportIn, _IMPORT),
    summary="Import the files of a city as a generation",
)
def import_files(
    upload: Importing,
    wiring: WiringDep,
    actor: Importer,
    language: Language,
    response: Response,
    dry_run: bool = False,
    wait: Annotated[float | None, Query(ge=0, le=preparing.LONGEST_WAIT_S)] = None,
    prefer: Annotated[str | None, Header()] = None,
) -> ImportOut | JobOut:
    """Needs the key of a planner of the whole city. GeoPackage, GeoJSON, GeoParquet, or a zip archive with one Shapefile; one file a level
    or several layers.
    Everything that is wrong is told, with its place and a proposed repair. A file that is shifted against the city in force, has
    its axes swapped or halves the city is refused unless forced. With `dry_run` nothing is stored.

    A job: 202 with where to look (Location); its `result` is what a caller who waits gets. `?wait=60` or `Prefer: wait=60`: the files
    are read within the call, one call at a time, and it is answered when they are: 201."""
    importing.specs_of(upload.options, upload.files)
    if preparing.wanted_wait_s(wait, prefer) > 0:
        how: dict[str, Any] = {"dry_run": dry_run, "actor": actor, "language": language}
        with importing.one_at_a_time(), without_folder(upload.folder):
            response.status_code = 201
            return importing.bring_in(wiring, upload.files, upload.names, upload.options, **how)
    said: dict[str, Any] = {"dry_run": dry_run, "actor": actor, "language": language, "now": wiring.clock.now()}
    with wiring.database.writing() as connection:
        asked = ask_to_import(connection, upload, wiring.settings.storage.data_dir, **said)
    wiring.wanted.set()
    response.headers["Location"] = href(asked)
    return job_out(asked, language)


@router.post("/drafts/adopt", status_code=201, openapi_extra=multipart(AdoptIn, "{}"), summary="Make a draft of an edited file")
def adopt(upload: Adopting, wiring: WiringDep, actor: Planner, language: Language, dry_run: bool = False) -> AdoptOut:
    """Needs a planner's key. The file is one of /generations/{n}/export, edited on a desktop; the difference becomes named operations.
    What cannot be taken over is located, and stays as it was. No draft is made of a file that changes nothing."""
    asked: AdoptIn = upload.options
    with importing.one_at_a_time(), without_folder(upload.folder):
        edited = _edited(upload, wiring)
        with wiring.database.reading() as connection:
            base, found = adopting.understand(connection, wiring, edited)
    record = None
    if found.operations and not dry_run:
        with wiring.database.writing() as connection:
            said: dict[str, Any] = {"title": asked.title, "open_cases": asked.open_cases, "actor": actor, "now": wiring.clock.now()}
            record = adopting.keep(connection, found, base=base, **said)
    return _adopt_out(wiring, found, base=base, record=record, language=language, dry_run=dry_run)


@router.post("/drafts/{draft_id}/adopt", openapi_extra=multipart(AdoptIn, "{}"), summary="Take an edited file into a draft")
def adopt_into(
    draft_id: int,
    upload: Adopting,
    wiring: WiringDep,
    actor: Planner,
    language: Language,
    if_match: IfMatch = None,
    dry_run: bool = False,
) -> AdoptOut:
    """Needs a planner's key and, unless it is a dry run, If-Match. The file is one of /drafts/{id}/export, of the draft as it is."""
    expected = None if dry_run else head_of(if_match)
    with importing.one_at_a_time(), without_folder(upload.folder):
        edited = _edited(upload, wiring)
        with wiring.database.reading() as connection:
            record, found = adopting.understand_in(connection, wiring, draft_id, edited, expected_head=expected)
    if found.operations and not dry_run:
        with wiring.database.writing() as connection:
            record = adopting.keep_in(connection, wiring, record, found, actor=actor, now=wiring.clock.now())
    return _adopt_out(wiring, found, base=record.base_generation, record=record, language=language, dry_run=dry_run)


def _edited(upload: Upload, wiring: Wiring) -> adopting.Edited:
    asked: AdoptIn = upload.options
    source = Source(upload.files[0], asked.layer)
    refuse_large_layer(source, most=wiring.settings.uploads.upload_vertices)
    return adopting.read_edited(source, crs=asked.crs)


def _adopt_out(wiring: Wiring, found: Adoption, *, base: int, record: DraftRecord | None, language: str, dry_run: bool) -> AdoptOut:
    with wiring.database.reading() as connection:
        metric_crs, current = require_city(connection).metric_crs, current_number(connection)
    total = found.draft.total()
    return AdoptOut(
        dry_run=dry_run,
        base_generation=base,
        draft=draft_out(record, current) if record else None,
        findings=[{"what": one.what, "codes": list(one.codes), "text": one.text(language)} for one in found.findings],
        operations=[operation.to_json() for operation in found.operations],
        areas=area_changes(total.before, total.after, total.material, metric_crs) if total else [],
        defects=[defect_out(defect, language) for defect in found.defects],
    )
