"""Every call names the permission it needs, or stands in the list of public ones with the reason; and asks before anything else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts

from geo_service.accounts.policy import ALL_PERMISSIONS
from geo_service.api.auth import ask_first, get_actor, permission_of, permits
from geo_service.api.deps import Writing
from geo_service.api.public import PUBLIC
from geo_service.app import create_app
from geo_service.migrations import migrate
from geo_service.settings import ServerSettings, Settings, StorageSettings


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("app")
    url = f"sqlite:///{folder / 'city.db'}"
    migrate(url)
    made = create_app(Settings(storage=StorageSettings(database_url=url, data_dir=folder), server=ServerSettings(demo=False)))
    yield made
    made.state.wiring.database.close()


def calls(app: FastAPI) -> list[tuple[str, str, Any]]:
    """(method, path, what it depends on) of every call the app answers."""
    return [
        (method, str(route.path), getattr(route, "dependant", None))
        for route in iter_route_contexts(app.routes)
        for method in sorted(set(route.methods or ()) - {"HEAD"})
    ]


def unsaid(app: FastAPI) -> list[str]:
    """Calls that neither name a permission nor stand in the list."""
    return [f"{method} {path}" for method, path, needs in calls(app) if _permission(needs) is None and (method, path) not in PUBLIC]


def _permission(needs: Any) -> str | None:
    return None if needs is None else permission_of(needs)


def test_every_call_names_a_permission_or_is_public_with_a_reason(app: FastAPI) -> None:
    assert len(calls(app)) > 120
    assert unsaid(app) == []
    assert {_permission(needs) for _, _, needs in calls(app)} - {None} <= set(ALL_PERMISSIONS)


def test_a_call_without_either_is_found() -> None:
    bad = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    router = APIRouter()

    @router.get("/secrets")
    def secrets(_: Annotated[Any, Depends(get_actor)]) -> None: ...

    bad.include_router(router)
    assert unsaid(bad) == ["GET /secrets"]


def test_the_public_list_names_calls_that_exist_and_need_nothing(app: FastAPI) -> None:
    needs = {(method, path): _permission(one) for method, path, one in calls(app)}
    assert [one for one in PUBLIC if one not in needs] == []
    assert [one for one in PUBLIC if needs[one] is not None] == []
    assert all(len(reason) > 20 for reason in PUBLIC.values())


def test_who_calls_is_asked_before_a_body_is_read_or_a_connection_taken(app: FastAPI) -> None:
    late = []
    for method, path, needs in calls(app):
        if _permission(needs) is not None:
            first = needs.dependencies[0]
            if getattr(first.call, "permission", None) is None:
                late.append(f"{method} {path}")
    assert late == []
    router = APIRouter()

    @router.post("/x")
    def x(connection: Writing, actor: Annotated[Any, Depends(permits("cases.act"))]) -> None: ...

    ask_first(router)
    assert [one.dependency for one in router.routes[0].dependencies] == [permits("cases.act")]  # type: ignore[attr-defined]


def test_nobody_asks_for_roles_any_more(repo_root: Path) -> None:
    """A permission is asked for by name; who holds it is said in one table."""
    sources = [path for path in (repo_root / "geo_service").rglob("*.py") if "requires(" in path.read_text(encoding="utf-8")]
    assert sources == []
