"""Files and forms that must not get through, over HTTP, on both databases: each refused early, named, and nothing stored."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from geo_service.flows.planning.importing import one_at_a_time
from tests.flows.conftest import Service
from tests.flows.test_planning_files import LAYERS, Sender, planner, whole_city

__all__ = ["planner"]


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


VRT = b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
DEEP = b'{"type": "FeatureCollection", "features": [' + b"[" * 100_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"hello", "format_unknown"),
        (VRT, "format_unknown"),
        (b"/vsicurl/http://127.0.0.1/x.gpkg", "format_unknown"),
        (b"\x00\x00\x27\x0a" + bytes(200), "shapefile_bare"),
        (b"PK\x03\x04 no archive", "archive_broken"),
        (zipped(), "archive_without_shapefile"),
        (zipped(**{"a.txt": b"x"}), "archive_without_shapefile"),
        (zipped(**{"../../up.shp": b"x"}), "archive_slip"),
        (zipped(**{"/etc/x.shp": b"x"}), "archive_slip"),
        (zipped(**{"C:\\x.shp": b"x"}), "archive_slip"),
        (zipped(**{"a.shp": b"x", "b.shp": b"x"}), "archive_without_shapefile"),
        (zipped(**{"a.shp": bytes(300_000_000)}), "archive_too_large"),
        (zipped(**{f"{n}.txt": b"" for n in range(300)}), "archive_too_large"),
        (zipped(**{"a.shp": b"not one"}), "format_mismatch"),
        (b"SQLite format 3\0 and no more", "file_unreadable"),
        (b"PAR1 and no more", "file_unreadable"),
        (b'{"type": "FeatureCollection", "features": [}', "geojson_broken"),
        (b'{"type": "FeatureCollection", "features": []}', "layer_empty"),
        (DEEP, "geojson_broken"),
        (b'{"a": ' + b"[" * 2_000_001, "layer_too_large"),
    ],
)
def test_no_bad_file_gets_through(planner: Sender, content: bytes, code: str) -> None:
    options = {"layers": [{"level": "micro_grid", "code": "code"}], "force": True}
    refused = planner.send("generations/import", content, options=options, status=422)
    assert refused["code"] == code
    assert "citygrid-" not in json.dumps(refused)  # nothing about our folders
    assert planner.send("drafts/adopt", content, status=422)["code"] == code
    assert len(planner.get("generations").json()["items"]) == 1


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_is_unpacked(planner: Sender, service: Service) -> None:
    uploads = service.wiring.settings.uploads
    uploads.upload_bytes = 50_000
    packed = bytearray(zipped(**{"a.shp": bytes(400_000)}))
    for place in range(len(packed) - 4):
        if packed[place : place + 4] == (400_000).to_bytes(4, "little"):
            packed[place : place + 4] = (10).to_bytes(4, "little")
    refused = planner.send("drafts/adopt", bytes(packed), status=422)
    assert refused["code"] in ("archive_too_large", "archive_broken")


def test_the_largest_body_is_a_setting_and_counts_while_it_comes(planner: Sender, service: Service) -> None:
    service.wiring.settings.uploads.upload_bytes = 50_000
    refused = planner.send("drafts/adopt", bytes(400_000), status=413)
    assert refused["code"] == "body_too_large"

    def chunks() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(10):
            yield bytes(50_000)

    headers = {**planner.headers, "Content-Type": "multipart/form-data; boundary=b"}
    answer = service.client.post("/api/v1/drafts/adopt", content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{}", "application/json", "file_missing"),
        (b"--b\r\nnonsense", "multipart/form-data; boundary=b", "file_missing"),
        (b"nonsense", "multipart/form-data; boundary=b", "multipart_broken"),
        (b"--b\r\n\r\n", "multipart/form-data", "multipart_broken"),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", "multipart_broken"),
        (b"--b\r\n\xff\xfe: x\r\n\r\n", "multipart/form-data; boundary=b; charset=klingon", "multipart_broken"),
        (b"", "multipart/form-data; boundary=b", "file_missing"),
    ],
)
def test_a_body_that_is_no_form_is_refused(planner: Sender, service: Service, body: bytes, kind: str, code: str) -> None:
    headers = {**planner.headers, "Content-Type": kind}
    answer = service.client.post("/api/v1/generations/import", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("{", "malformed"),
        ({"layers": []}, "malformed"),
        ({"layers": [{"level": "grid"}]}, "malformed"),
        ({"layers": LAYERS, "more": 1}, "malformed"),
        ({"layers": LAYERS, "force": "yes"}, "malformed"),
        ({"layers": LAYERS, "crs": "+init=/etc/passwd:x"}, "malformed"),
        ({"layers": LAYERS, "encoding": "klingon"}, "malformed"),
        ({"layers": LAYERS, "datum": "wgs72"}, "malformed"),
        ({"layers": [{"level": "planet", "code": "code", "layer": "grid"}]}, "level_unknown"),
        ({"layers": [{**LAYERS[0], "file": 3}]}, "no_such_file"),
        ({"layers": [{**LAYERS[0], "layer": "/vsizip/x"}]}, "unknown_layer"),
        ({"layers": [{**LAYERS[0], "code": "nope"}]}, "unknown_column"),
        ({"layers": [{"level": "city", "code": "code"}]}, "layer_needed"),
        ({"layers": LAYERS, "crs": "EPSG:4490"}, "crs_contradicts"),
    ],
)
def test_options_that_cannot_be_are_named(planner: Sender, tmp_path: Path, options: Any, code: str) -> None:
    assert planner.send("generations/import", whole_city(tmp_path), options=options, status=422)["code"] == code


def test_only_planners_send_files_and_one_at_a_time(service: Service, planner: Sender, tmp_path: Path) -> None:
    for path in ("generations/import", "drafts/adopt", "drafts/1/adopt"):
        assert service.client.post(f"/api/v1/{path}", files={"file": b"x"}).status_code == 401
        assert service.client.post(f"/api/v1/{path}", files={"file": b"x"}, headers=service.operator).status_code == 403
    with one_at_a_time():
        refused = planner.send("generations/import", whole_city(tmp_path), options={"layers": LAYERS}, status=503)
    assert refused["code"] == "busy_with_a_file"
