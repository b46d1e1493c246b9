"""Files that come with a request (multipart/form-data): on disk under names of ours, read as layers, gone when the call ends."""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from boundaries.errors import BoundariesError
from boundaries.files import place_received
from geo_service.errors import RequestError

B = TypeVar("B", bound=BaseModel)

MOST_FILES = 12
_OPTIONS_BYTES = 64 * 1024
_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Upload:
    """files: in the order they were sent, each named by what it is. names: what the sender called them, to be shown and nothing else."""

    folder: Path
    files: tuple[Path, ...]
    names: tuple[str, ...]
    options: Any


@asynccontextmanager
async def received(request: Request, model: type[B]) -> AsyncIterator[Upload]:
    """The parts `file` (one or several) on disk and the part `options` (JSON of the model; {} when it is missing).

    Nothing is unpacked or opened beyond its first bytes here but Shapefile archives. Raises RequestError `file_missing`,
    `multipart_broken`, RequestValidationError for the options, TooLargeError while reading, and as `place_received`.
    """
    with tempfile.TemporaryDirectory(prefix="citygrid-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            form = await request.form(max_files=MOST_FILES, max_fields=4, max_part_size=_OPTIONS_BYTES)
        except HTTPException as error:
            raise _broken(str(error.detail)) from error
        except (ValueError, LookupError) as error:  # what the parser of parts makes of parts that are none
            raise _broken(str(error)) from error
        try:
            parts = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
            if not parts:
                raise RequestError("file_missing", en="send the file as part `file`", zh="请以名为 file 的部分上传文件", field="file")
            options = _options(form, model)
            limit = int(request.app.state.wiring.settings.uploads.upload_bytes)
            files = await run_in_threadpool(_placed, parts, folder, limit)
        finally:
            await form.close()
        yield Upload(folder, files, tuple(_shown(part.filename) for part in parts), options)


@contextmanager
def without_folder(folder: Path) -> Iterator[None]:
    """Refusals raised inside do not say where the files lay."""
    try:
        yield
    except BoundariesError as error:
        _hide(error, f"{folder}/")
        raise


def multipart(model: type[BaseModel], example: str) -> dict[str, Any]:
    """The OpenAPI description of a body read by `received`. example: a text of options."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    inlined = _inlined(schema, schema.pop("$defs", {}))
    properties = {
        "file": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}, "minItems": 1},
        "options": {**inlined, "examples": [example]},
    }
    content = {
        "schema": {"type": "object", "required": ["file"], "properties": properties},
        "encoding": {"options": {"contentType": "application/json"}},
        "examples": {"file with options": {"value": {"options": example}}},
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": content}}}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(item, definitions) for name, item in schema.items()}


def _options(form: FormData, model: type[B]) -> B:
    said = form.get("options") or "{}"
    if not isinstance(said, str):
        raise RequestError("options_not_text", en="options is a text of JSON, not a file", zh="options 应为 JSON 文本", field="options")
    try:
        return model.model_validate_json(said, strict=True)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False, include_context=True)) from None


def _placed(parts: list[UploadFile], folder: Path, limit: int) -> tuple[Path, ...]:
    found = []
    for number, part in enumerate(parts, start=1):
        raw = folder / f"{number}.received"
        with raw.open("wb") as sink:
            shutil.copyfileobj(part.file, sink)
        found.append(place_received(raw, folder, f"file-{number}", most_bytes=limit))
    return tuple(found)


def _shown(name: str | None) -> str:
    """The last part of a name, without anything that cannot be printed."""
    last = PureWindowsPath((name or "").replace("/", "\\")).name  # knows both separators
    printable = "".join(letter for letter in last if unicodedata.category(letter)[0] not in "CZ" or letter == " ")
    return printable.strip()[:_NAME_LENGTH] or "file"


def _hide(error: BoundariesError, prefix: str) -> None:
    for name, value in error.params.items():
        if isinstance(value, str | Path) and prefix in str(value):
            error.params[name] = str(value).replace(prefix, "")
    for item in error.items:
        _hide(item, prefix)


def _broken(reason: str) -> RequestError:
    return RequestError(
        "multipart_broken",
        en="the body is not multipart/form-data: {reason}",
        zh="请求体不是有效的 multipart/form-data：{reason}",
        reason=reason[:200].encode("utf-8", "replace").decode(),
        field="body",
    )
