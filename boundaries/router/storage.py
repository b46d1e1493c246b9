"""An index in one file: written aside and swapped in whole, read by mapping it into memory.

    16 bytes   "citygrid-router\\n"
     4 + 4     format version, length of the header (little-endian)
    32         SHA-256 of the header
     n         header, JSON: generation, digest of the areas, size of the file, SHA-256 of the rest; name, type, shape, offset by array
     ...       arrays, each from a multiple of 64 bytes; the codes are a JSON list in UTF-8

The file holds all that an index needs (lookups, borders, distances, the outline); the polygons themselves are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from boundaries.errors import IndexFileError
from boundaries.router.layer import Float64, Layer

FORMAT = 1
_MAGIC = b"citygrid-router\n"
_PRELUDE = struct.Struct("<16sII32s")
_ALIGN = 64

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is in a file."""

    codes: tuple[str, ...]
    generation: int
    digest: str
    layers: tuple[Layer, ...]
    outline: Float64


def write(path: str | os.PathLike[str], stored: Stored) -> None:
    """Writes the file beside `path`, flushes it to the disk and swaps it in: readers see the old file or the new one, never a half.

    Raises IndexFileError if it cannot be written; the old file is then untouched and nothing is left behind.
    """
    target = Path(path)
    aside = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        try:
            with aside.open("xb") as file:
                for piece in _pieces(stored):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, target)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _flush_folder(target.parent)
    except OSError as error:
        raise IndexFileError(
            "index_not_written",
            en="The index file {path} could not be written: {reason}.",
            zh="无法写入索引文件 {path}：{reason}。",
            path=str(target),
            reason=error.strerror or str(error),
        ) from error


def read(path: str | os.PathLike[str], *, verify: bool) -> Stored:
    """The file's content, its arrays mapped and read-only; verify: check every byte against the checksum (else the header only).

    Raises IndexFileError: missing, not an index, of another version, cut short, damaged.
    """
    try:
        with Path(path).open("rb") as file:
            header, start = _header(file, path)
            data = np.asarray(np.memmap(file, np.uint8, "r", shape=(int(header["size"]),)))
    except OSError as error:
        raise IndexFileError(
            "index_not_read",
            en="The index file {path} could not be read: {reason}.",
            zh="无法读取索引文件 {path}：{reason}。",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error
    if verify and hashlib.sha256(data[start:].data).hexdigest() != header["sha256"]:
        raise _damaged(path)
    arrays = {entry["name"]: _view(data, entry) for entry in header["arrays"]}
    names = [f.name for f in fields(Layer)]
    return Stored(
        codes=tuple(json.loads(arrays["codes"].tobytes())),
        generation=int(header["generation"]),
        digest=str(header["digest"]),
        layers=tuple(Layer(**{name: arrays[f"{n}.{name}"] for name in names}) for n in range(int(header["layers"]))),
        outline=arrays["outline"],
    )


def _arrays(stored: Stored) -> Iterator[tuple[str, Array]]:
    yield "codes", np.frombuffer(json.dumps(stored.codes, ensure_ascii=False).encode(), np.uint8)
    yield "outline", stored.outline
    for n, layer in enumerate(stored.layers):
        for f in fields(Layer):
            yield f"{n}.{f.name}", getattr(layer, f.name)


def _pieces(stored: Stored) -> Iterator[bytes | memoryview]:
    """The file, piece by piece."""
    arrays = [(name, np.ascontiguousarray(array)) for name, array in _arrays(stored)]
    header = {"generation": stored.generation, "digest": stored.digest, "layers": len(stored.layers), "size": 0, "sha256": "0" * 64}
    entries = [{"name": n, "type": a.dtype.newbyteorder("<").str, "shape": a.shape, "offset": 0} for n, a in arrays]
    # room for the header: with all numbers at their widest it is not longer than this
    start = _aligned(_PRELUDE.size + len(_dumped({**header, "arrays": entries})) + 20 * (len(entries) + 2))
    body: list[bytes | memoryview] = []
    at = start
    for entry, (_, array) in zip(entries, arrays, strict=True):
        entry["offset"] = at
        body += [array.reshape(-1).view(np.uint8).data, bytes(_aligned(array.nbytes) - array.nbytes)]
        at += _aligned(array.nbytes)
    digest = hashlib.sha256()
    for piece in body:
        digest.update(piece)
    text = _dumped({**header, "size": at, "sha256": digest.hexdigest(), "arrays": entries})
    text = text.ljust(start - _PRELUDE.size)
    yield _PRELUDE.pack(_MAGIC, FORMAT, len(text), hashlib.sha256(text).digest())
    yield text
    yield from body


def _dumped(header: dict[str, Any]) -> bytes:
    return json.dumps(header).encode()


def _aligned(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN


def _view(data: npt.NDArray[np.uint8], entry: dict[str, Any]) -> Array:
    dtype, shape = np.dtype(entry["type"]), tuple(entry["shape"])
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(data, dtype, count, int(entry["offset"])).reshape(shape)


def _header(file: BinaryIO, path: str | os.PathLike[str]) -> tuple[dict[str, Any], int]:
    """(the header, where the arrays begin)."""
    prelude = file.read(_PRELUDE.size)
    if not prelude.startswith(_MAGIC):
        raise IndexFileError("index_not_an_index", en="{path} is not an index file.", zh="{path} 不是索引文件。", path=str(path))
    if len(prelude) < _PRELUDE.size:
        raise _damaged(path)
    _, version, length, checksum = _PRELUDE.unpack(prelude)
    if version != FORMAT:
        raise IndexFileError(
            "index_other_version",
            en="The index file {path} has format {found}, this program reads {expected}; build it again.",
            zh="索引文件 {path} 的格式版本是 {found}，本程序只读取 {expected}，请重新生成。",
            path=str(path),
            found=version,
            expected=FORMAT,
        )
    size = os.fstat(file.fileno()).st_size
    text = file.read(min(length, size))
    if hashlib.sha256(text).digest() != checksum:
        raise _damaged(path)
    header: dict[str, Any] = json.loads(text)
    if size != header["size"]:
        raise _damaged(path)
    return header, _PRELUDE.size + length


def _damaged(path: str | os.PathLike[str]) -> IndexFileError:
    return IndexFileError(
        "index_damaged",
        en="The index file {path} is damaged or cut short; build it again.",
        zh="索引文件 {path} 已损坏或不完整，请重新生成。",
        path=str(path),
    )


def _flush_folder(folder: Path) -> None:
    """Makes the swap itself durable, where folders can be flushed."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
