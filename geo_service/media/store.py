"""Pictures on disk under data_dir/media, named by the digest of what they hold: the same picture is kept once."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from geo_service.errors import NotFoundError
from geo_service.media.pictures import Picture

DIGEST = re.compile(r"[0-9a-f]{64}")


def address_of(digest: str, *, small: bool = False) -> str:
    """Where the service serves a picture."""
    return f"/api/v1/media/{digest}{'-small' if small else ''}.jpg"


class MediaStore:
    """The folder of pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, picture: Picture) -> str:
        """The digest under which the picture and its small one are kept, durable once this returns."""
        digest = hashlib.sha256(picture.data).hexdigest()
        self._write(self._path(digest, small=True), picture.small)
        self._write(self._path(digest, small=False), picture.data)
        return digest

    def read(self, digest: str, *, small: bool = False) -> bytes:
        """The JPEG of a digest. NotFoundError for what is no digest or is not kept."""
        try:
            if DIGEST.fullmatch(digest):
                return self._path(digest, small=small).read_bytes()
        except FileNotFoundError:
            pass
        raise NotFoundError("picture_not_found", en="there is no such picture", zh="没有该图片")

    def forget(self, digest: str) -> None:
        """Takes a picture off the disk; nothing where there is none."""
        for small in (True, False):
            self._path(digest, small=small).unlink(missing_ok=True)

    def _path(self, digest: str, *, small: bool) -> Path:
        return self._folder / digest[:2] / f"{digest}{'-small' if small else ''}.jpg"

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as waiting:
            waiting.write(data)
            waiting.flush()
            os.fsync(waiting.fileno())
        Path(waiting.name).replace(path)
