"""Photos are drawn anew: what was hidden in the file is gone, what is no picture is refused before it is unpacked."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from geo_service.errors import NotFoundError, RequestError, TooLargeError
from geo_service.media import MediaStore, draw_anew

CANARY = b"CANARY-37.8567N-113.58E"
_GPS, _ORIENTATION, _DESCRIPTION, _LATITUDE = 0x8825, 0x0112, 0x010E, 2


def jpeg(size: tuple[int, int] = (640, 400), *, orientation: int = 1) -> bytes:
    """A photo with a place, a description, a comment and an orientation; its left half red, its right half blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_DESCRIPTION] = orientation, CANARY.decode()
    exif.get_ifd(_GPS)[_LATITUDE] = (37.0, 51.0, 24.12)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=CANARY)
    return out.getvalue()


def png_head(width: int, height: int) -> bytes:
    """The head of a PNG that says it is this large, and a few bytes of what it would be."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    )


def test_place_description_and_comment_are_gone() -> None:
    sent = jpeg()
    assert sent.count(CANARY) == 2
    drawn = draw_anew(sent)
    for data in (drawn.data, drawn.small):
        assert b"CANARY" not in data
        assert b"Exif" not in data
        with Image.open(io.BytesIO(data)) as picture:
            assert not picture.getexif()
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_what_is_appended_behind_a_picture_is_gone() -> None:
    assert b"<script>" not in draw_anew(jpeg() + b"<script>alert(1)</script>").data


def test_the_orientation_is_applied() -> None:
    drawn = draw_anew(jpeg((640, 400), orientation=6))  # taken with the camera turned: left becomes top
    assert (drawn.width, drawn.height) == (400, 640)
    with Image.open(io.BytesIO(drawn.data)) as picture:
        top, bottom = picture.getpixel((200, 100)), picture.getpixel((200, 540))
    assert top[0] > 200 > bottom[0]


def test_large_pictures_are_made_smaller_and_keep_their_form() -> None:
    drawn = draw_anew(jpeg((4000, 1000)))
    assert (drawn.width, drawn.height) == (2000, 500)
    with Image.open(io.BytesIO(drawn.small)) as small:
        assert small.size == (320, 80)


def test_transparent_pictures_stand_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(draw_anew(out.getvalue()).data)) as picture:
        assert min(picture.getpixel((20, 20))) > 250


@pytest.mark.parametrize(("width", "height"), [(6400, 6400), (12000, 12000), (60000, 60000), (2**31 - 1, 2**31 - 1)])
def test_a_flood_of_pixels_is_refused_by_the_head_of_the_file(width: int, height: int) -> None:
    with pytest.raises(TooLargeError) as refused:
        draw_anew(png_head(width, height))
    assert refused.value.code == "too_many_pixels"


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"\xff\xd8\xff\xe0garbage",
        b"\x00" * 64,
        jpeg()[:700],
        png_head(64, 64),
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(RequestError) as refused:
        draw_anew(data)
    assert refused.value.code == "not_a_picture"


def test_a_file_of_many_bytes_is_refused() -> None:
    with pytest.raises(TooLargeError):
        draw_anew(jpeg() + b"\0" * 12 * 2**20)


def test_the_same_picture_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    store, drawn = MediaStore(tmp_path / "media"), draw_anew(jpeg())
    assert store.keep(drawn) == (digest := store.keep(draw_anew(jpeg())))
    assert store.read(digest) == drawn.data
    assert store.read(digest, small=True) == drawn.small
    assert len([path for path in (tmp_path / "media").rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("digest", ["0" * 64, "../../city.db", "..%2f", "A" * 64, ""])
def test_what_is_no_digest_reads_no_file(tmp_path: Path, digest: str) -> None:
    with pytest.raises(NotFoundError):
        MediaStore(tmp_path).read(digest)
