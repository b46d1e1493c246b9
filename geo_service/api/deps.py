"""What endpoints ask for: the wiring, connections, the actor, the language, bodies that are read and limited here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection

from geo_service.accounts import DEMO_OPERATOR, Actor
from geo_service.api.auth import get_actor, get_wiring, require_known
from geo_service.api.language import language_of
from geo_service.api.wiring import Wiring
from geo_service.errors import DeniedError

B = TypeVar("B", bound=BaseModel)


def get_reading(wiring: Annotated[Wiring, Depends(get_wiring)]) -> Iterator[Connection]:
    """A connection that sees one state and writes nothing."""
    with wiring.database.reading() as connection:
        yield connection


def get_writing(wiring: Annotated[Wiring, Depends(get_wiring)]) -> Iterator[Connection]:
    """A connection whose work is durable before the answer is sent (the dependency ends with the function: see below)."""
    with wiring.database.writing() as connection:
        yield connection


def requires(*roles: str, demo: bool = False) -> Callable[[Actor], Actor]:
    """A dependency that lets only actors of these roles pass; every known actor when none is named.

    demo: the demonstration's operator may too, whatever its role.
    """

    def check(actor: Annotated[Actor, Depends(get_actor)]) -> Actor:
        require_known(actor)
        if roles and actor.role not in roles and not (demo and actor == DEMO_OPERATOR):
            needed = ", ".join(roles)
            raise DeniedError(
                "role_missing",
                en="your role {role} may not do this; it needs {needed}",
                zh="角色 {role} 无此权限；需要：{needed}",
                role=actor.role,
                needed=needed,
            )
        return actor

    return check


WiringDep = Annotated[Wiring, Depends(get_wiring)]
Reading = Annotated[Connection, Depends(get_reading, scope="function")]
# scope="function": the commit happens before the answer is sent; with the default scope a failed commit would still answer 200
Writing = Annotated[Connection, Depends(get_writing, scope="function")]
AnyActor = Annotated[Actor, Depends(get_actor)]
KnownActor = Annotated[Actor, Depends(requires())]
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
