"""The console's files as the service hands them out."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from geo_service.console.files import Build, is_built
from geo_service.console.pages import router
from geo_service.errors import SetupError


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def test_any_address_below_ui_is_the_page(client: TestClient) -> None:
    index = client.get("/ui/")
    for path in ("/ui/cases/123?state=filed", "/ui/plan", "/ui/index.html"):
        assert client.get(path).text == index.text
    assert client.get("/ui").headers["location"] == "/ui/"
    assert index.headers["cache-control"] == "no-cache"
    assert client.get("/ui/", headers={"If-None-Match": index.headers["etag"]}).status_code == 304


def test_the_page_may_load_nothing_from_elsewhere(client: TestClient) -> None:
    index = client.get("/ui/")
    policy = dict(part.split(" ", 1) for part in index.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", index.text) == []


def test_scripts_are_kept_for_ever_and_sent_compressed(client: TestClient) -> None:
    script = re.search(r'src="(/ui/assets/[^"]+\.js)"', client.get("/ui/").text)
    assert script is not None
    sizes = []
    for encoding in ("br", "gzip", "identity"):
        answer = client.get(script[1], headers={"Accept-Encoding": encoding})
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers.get("content-encoding", "identity") == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        sizes.append(int(answer.headers["content-length"]))
    assert sizes == sorted(sizes)
    refused = client.get(script[1], headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert "content-encoding" not in refused.headers


@pytest.mark.parametrize(
    "path", ["/ui/assets/no-such.js", "/ui/no-such.txt", "/ui/../pyproject.toml", "/ui/%2e%2e/pyproject.toml", "/ui/.stamp"]
)
def test_what_is_not_built_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404


def test_a_missing_build_is_named_with_its_cure(tmp_path: Path) -> None:
    assert not is_built(tmp_path)
    with pytest.raises(SetupError) as told:
        Build(tmp_path).file("index.html")
    assert told.value.code == "console_not_built"
    assert "make setup" in told.value.text("en")
    assert "make setup" in told.value.text("zh-CN")


def test_a_new_build_is_served_without_a_restart(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("one")
    build = Build(tmp_path)
    assert build.file("index.html").plain == b"one"  # type: ignore[union-attr]  # it was just written
    page.write_text("two!")
    os.utime(page, ns=(1, 1))
    assert build.file("index.html").plain == b"two!"  # type: ignore[union-attr]
