"""A photo as it came, drawn anew: no place, no camera, no comment, no second picture behind it survives.

Only the pixels are taken over; the orientation that a camera noted is applied to them first.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from geo_service.errors import RequestError, TooLargeError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 12 * 2**20
MOST_PIXELS = 40_000_000
LONGEST_SIDE, SMALL_SIDE = 2000, 320
LEAST_SIDE = 16
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, IndexError, TypeError)
"""What Pillow raises at files that are no pictures, or broken ones."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG and a small one of the same, and the size of the large one."""

    data: bytes
    small: bytes
    width: int
    height: int


def draw_anew(data: bytes) -> Picture:
    """The picture of a file, at most 2,000 pixels long. What it is follows from its content, never from its name.

    TooLargeError over 12 MB or 40 million pixels (told by the head of the file, before anything is unpacked), RequestError
    `not_a_picture` for what is no JPEG, PNG or WebP or is broken, `picture_too_small`.
    """
    if len(data) > MOST_BYTES:
        raise TooLargeError("picture_too_large", en="the picture is larger than 12 MB", zh="图片超过 12 MB")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _check_size(*opened.size)
            opened.seek(0)
            return _drawn(opened)
    except _BROKEN as wrong:
        raise _no_picture() from wrong
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None


def _drawn(opened: Image.Image) -> Picture:
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than it is needed
    upright = ImageOps.exif_transpose(opened)
    flat = Image.new("RGB", upright.size, "white")  # a fresh picture: nothing but pixels comes along
    layered = upright.convert("RGBA") if upright.mode != "RGB" else upright
    flat.paste(layered, mask=layered.getchannel("A") if layered.mode == "RGBA" else None)
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    size = flat.size
    large = _jpeg(flat, 85)
    flat.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return Picture(large, _jpeg(flat, 80), *size)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < LEAST_SIDE:
        raise RequestError(
            "picture_too_small",
            en="the picture is {width} x {height} pixels; at least {least} a side",
            zh="图片为 {width} × {height} 像素，每边至少 {least} 像素",
            width=width,
            height=height,
            least=LEAST_SIDE,
            field="photo",
        )


def _too_many_pixels() -> TooLargeError:
    return TooLargeError("too_many_pixels", en="the picture has more than 40 million pixels", zh="图片超过 4000 万像素")


def _no_picture() -> RequestError:
    return RequestError(
        "not_a_picture",
        en="this is no JPEG, PNG or WebP picture, or it is broken",
        zh="不是有效的 JPEG、PNG 或 WebP 图片，或文件已损坏",
        field="photo",
    )
