"""The wire does not change by accident: the API's description equals the snapshot. After a change that is meant: make openapi."""

import json
from pathlib import Path

from scripts.openapi import described

SNAPSHOT = Path(__file__).with_name("openapi.json")


def test_the_description_of_the_api_is_the_one_agreed_on(tmp_path: Path) -> None:
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == described(tmp_path)


def test_every_call_has_a_summary_and_every_body_an_example(tmp_path: Path) -> None:
    for path, methods in described(tmp_path)["paths"].items():
        for method, call in methods.items():
            assert call.get("summary"), f"{method} {path}"
            for content in call.get("requestBody", {}).get("content", {}).values():
                assert content.get("examples") or content["schema"].get("format") == "binary", f"{method} {path}"
