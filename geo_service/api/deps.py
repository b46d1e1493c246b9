"""What endpoints ask for: the wiring, connections, the actor, the language, bodies that are read and limited here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection

from geo_service.accounts import Actor, scope
from geo_service.api.auth import get_actor, get_wiring
from geo_service.api.language import language_of
from geo_service.api.wiring import Wiring
from geo_service.cases.row_security import say_scope

B = TypeVar("B", bound=BaseModel)


def get_reading(wiring: Annotated[Wiring, Depends(get_wiring)], actor: Annotated[Actor, Depends(get_actor)]) -> Iterator[Connection]:
    """A connection that sees one state, of cases what the caller's roles reach (on PostgreSQL), and writes nothing."""
    with wiring.database.reading() as connection:
        say_scope(connection, scope(actor, "cases.read"))
        yield connection


def get_writing(wiring: Annotated[Wiring, Depends(get_wiring)]) -> Iterator[Connection]:
    """A connection whose work is durable before the answer is sent (the dependency ends with the function: see below)."""
    with wiring.database.writing() as connection:
        yield connection


WiringDep = Annotated[Wiring, Depends(get_wiring)]
Reading = Annotated[Connection, Depends(get_reading, scope="function")]
# scope="function": the commit happens before the answer is sent; with the default scope a failed commit would still answer 200
Writing = Annotated[Connection, Depends(get_writing, scope="function")]
AnyActor = Annotated[Actor, Depends(get_actor)]
Language = Annotated[str, Depends(language_of)]


def body_of(model: type[B]) -> Callable[[Request], Any]:
    """A dependency that reads the body as JSON of a model, strictly (no strings or booleans as numbers), and keeps its raw bytes.

    RequestValidationError (422) when it is not of that form. The size was limited before (see `limits`).
    """

    async def read(request: Request) -> tuple[B, bytes]:
        raw = await request.body()
        try:
            return model.model_validate_json(raw, strict=True), raw
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False, include_context=True)
            raise RequestValidationError(found) from None

    return read


def json_body(model: type[BaseModel], **examples: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI description of a body read by `body_of`."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    content = {"schema": schema, "examples": {name: {"value": value} for name, value in examples.items()}}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}
