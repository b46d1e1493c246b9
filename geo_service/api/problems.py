"""Every refusal as a problem document (application/problem+json), in the caller's language, by one table of error -> status."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import shapely
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from boundaries import errors as library
from boundaries.errors import BoundariesError
from geo_service import errors as service
from geo_service.api.language import language_of

log = logging.getLogger("citygrid.api")

STATUS: Mapping[type[BoundariesError], int] = {
    library.DatumError: 422,
    library.CoordinateError: 422,
    library.CrsError: 422,
    library.FileError: 422,
    library.GeometryError: 422,
    library.CodeError: 422,
    library.ParentError: 422,
    library.EditError: 422,
    library.IndexFileError: 503,
    library.GenerationError: 404,
    library.StoreError: 503,
    library.BoundariesError: 422,
    service.NotFoundError: 404,
    service.AuthenticationError: 401,
    service.DeniedError: 403,
    service.RequestError: 422,
    service.CellError: 422,
    service.ThrottledError: 429,
    service.TooLargeError: 413,
    service.ConflictError: 409,
    service.StaleError: 412,
    service.SetupError: 503,
    service.ServiceError: 422,
}
"""The nearest class of an error decides its status."""

OVERRIDES = {
    "store_full": 507,
    "precondition_required": 428,
    **dict.fromkeys(
        (
            "base_superseded",
            "generation_has_errors",
            "generation_in_force",
            "generation_was_published",
            "never_published",
            "proof_missing",
        ),
        409,
    ),
}
"""Codes whose status differs from their class's."""

TITLES = {
    400: ("请求无法识别", "Bad request"),
    401: ("需要身份密钥", "A key is needed"),
    403: ("没有权限", "Not allowed"),
    404: ("未找到", "Not found"),
    405: ("不支持该方法", "Method not allowed"),
    409: ("当前状态下不允许", "Not allowed in this state"),
    412: ("内容已被修改", "Changed meanwhile"),
    413: ("请求体过大", "Too large"),
    415: ("不支持的内容类型", "Unsupported content type"),
    422: ("请求内容有误", "The request cannot be processed"),
    428: ("缺少前置条件", "Precondition required"),
    429: ("操作过于频繁", "Too often"),
    500: ("服务内部错误", "Internal error"),
    503: ("服务暂不可用", "Not available now"),
    507: ("存储空间不足", "Out of storage"),
}
SHOWN_ERRORS = 20
SHOWN_ROWS = 1000
"""A file's bad rows are all listed, so that it is mended once."""

_MESSAGES = {
    "missing": ("缺少该字段", "this field is missing"),
    "extra_forbidden": ("未知字段", "unknown field"),
    "finite_number": ("必须是有限数值", "must be a finite number"),
    "float_type": ("必须是数值", "must be a number"),
    "float_parsing": ("必须是数值", "must be a number"),
    "int_type": ("必须是整数", "must be a whole number"),
    "int_parsing": ("必须是整数", "must be a whole number"),
    "string_type": ("必须是文本", "must be text"),
    "string_unicode": ("文本不是有效的 Unicode", "the text is not valid Unicode"),
    "string_too_short": ("文本太短", "the text is too short"),
    "string_too_long": ("文本太长", "the text is too long"),
    "json_invalid": ("不是有效的 JSON", "not valid JSON"),
    "literal_error": ("不在允许的取值之内", "not one of the allowed values"),
    "greater_than": ("数值太小", "the number is too small"),
    "greater_than_equal": ("数值太小", "the number is too small"),
    "less_than": ("数值太大", "the number is too large"),
    "less_than_equal": ("数值太大", "the number is too large"),
    "too_long": ("项目太多", "too many items"),
    "too_short": ("项目太少", "too few items"),
    "datetime_from_date_parsing": ("不是有效的时间", "not a valid instant"),
    "timezone_aware": ("时间必须带时区", "an instant needs a time zone"),
    "value_error": ("取值有误", "the value cannot be"),
}


_BOUND = {"literal_error": "expected", "string_too_long": "max_length", "string_too_short": "min_length", "too_long": "max_length"}
"""Kinds of errors whose message names what would do."""


def problem(
    request: Request,
    *,
    status: int,
    code: str,
    detail: str,
    errors: Iterable[Mapping[str, Any]] = (),
    place: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document; at most SHOWN_ERRORS errors are listed."""
    chinese = language_of(request).startswith("zh")
    title = TITLES.get(status, TITLES[500 if status >= 500 else 400])[0 if chinese else 1]
    body = {
        "type": f"urn:citygrid:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": _shown(list(errors)),
        "place": None if place is None else orjson.loads(shapely.to_geojson(place)),
    }
    content_language = {"Content-Language": "zh-CN" if chinese else "en"}
    return Response(
        orjson.dumps(body), status_code=status, media_type="application/problem+json", headers={**content_language, **(headers or {})}
    )


def status_of(error: BoundariesError) -> int:
    """The HTTP status of an error: its code's, else that of its nearest class in STATUS."""
    if error.code in OVERRIDES:
        return OVERRIDES[error.code]
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(request: Request, error: BoundariesError) -> Response:
    """The problem document of an error of the library or the service."""
    language, status = language_of(request), status_of(error)
    listed = listed_errors(error, language)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "1"} if status == 503 else None
    if "retry_after_s" in error.params:
        headers = {"Retry-After": str(error.params["retry_after_s"])}
    return problem(request, status=status, code=error.code, detail=error.text(language), errors=listed, place=error.place, headers=headers)


def listed_errors(error: BoundariesError, language: str) -> list[dict[str, Any]]:
    """What is wrong, row by row or field by field, in the caller's language."""
    return [_listed(item, language) for item in (error.items or (error,)) if item.row is not None or "field" in item.params]


def _shown(errors: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return errors[: SHOWN_ROWS if errors and "sheet" in errors[0] else SHOWN_ERRORS]


def _listed(error: BoundariesError, language: str) -> dict[str, Any]:
    if "sheet" in error.params:  # a cell of a table: whoever mends the file may not be who sent it, so both languages
        cell = {name: error.params[name] for name in ("sheet", "column", "value")}
        texts = {"message": error.text(language), "en": error.params["said_en"], "zh": error.params["said_zh"]}
        return {"row": error.row, **cell, "code": error.code, **texts}
    where = {"row": error.row} if error.row is not None else {"field": error.params["field"]}
    return {**where, "code": error.code, "message": error.text(language)}


def validation_problem(request: Request, found: Sequence[Mapping[str, Any]]) -> Response:
    """422 for a body or query that is not of the declared form. What was sent is never repeated: it may not be printable."""
    chinese = language_of(request).startswith("zh")
    errors = []
    for one in found[:SHOWN_ERRORS]:
        code = str(one["type"])
        zh, en = _MESSAGES.get(code, ("取值有误", "the value cannot be"))
        where = ".".join(_printable(part) for part in one["loc"] if part not in ("body", "query", "path", "header"))
        allowed = (one.get("ctx") or {}).get(_BOUND.get(code, ""))
        message = zh if chinese else en
        errors.append({"field": where, "code": code, "message": f"{message}: {allowed}" if allowed else message})
    if not chinese:
        detail = f"{len(found)} value(s) cannot be used; the first is {errors[0]['field'] or 'the body'}: {errors[0]['message']}"
    else:
        detail = f"有 {len(found)} 处内容无法使用；第一处为 {errors[0]['field'] or '请求体'}：{errors[0]['message']}"
    return problem(request, status=422, code="malformed", detail=detail, errors=errors)


def _printable(part: object) -> str:
    """A field's name as far as it can be printed: at most 60 characters, anything but Unicode text replaced."""
    return str(part).encode("utf-8", "replace").decode()[:60]


def install(app: FastAPI) -> None:
    """Makes every refusal of the app a problem document."""

    @app.exception_handler(BoundariesError)
    def _refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, BoundariesError)
        return problem_of(request, error)

    @app.exception_handler(RequestValidationError)
    def _malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return validation_problem(request, error.errors())

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        zh, en = TITLES.get(error.status_code, TITLES[400])
        chinese = language_of(request).startswith("zh")
        return problem(
            request, status=error.status_code, code=f"http_{error.status_code}", detail=zh if chinese else en, headers=error.headers
        )

    @app.exception_handler(Exception)
    def _unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected error at %s %s", request.method, request.url.path, exc_info=error)
        chinese = language_of(request).startswith("zh")
        detail = "服务内部错误，已记录；请稍后重试" if chinese else "something went wrong inside; it was logged, please try again"
        return problem(request, status=500, code="internal", detail=detail)
