"""The names and codes of a real city are data: none of them stands in code, where another city would meet them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DIVISIONS = Path("boundaries/demo/data/yangquan_divisions.json")
# 城区 and 矿区 (urban district, mining district) are names here and plain words everywhere.
SHORTEST = 3


def names_and_codes(division: dict[str, Any]) -> Iterator[str]:
    """Every name, short name and code of a division and of all below it."""
    for key, value in division.items():
        if isinstance(value, str) and (key in {"name", "short"} or key.startswith("code")) and len(value) >= SHORTEST:
            yield value
    for child in division.get("children", []):
        yield from names_and_codes(child)


def named_in(sources: dict[str, str], words: set[str]) -> list[str]:
    return [f"{path}: {word}" for path, text in sources.items() for word in sorted(words) if word in text]


def test_no_name_or_code_of_the_model_city_is_in_the_code(sources: dict[str, str], repo_root: Path) -> None:
    words = set(names_and_codes(json.loads((repo_root / DIVISIONS).read_text())))
    assert len(words) > 1500
    found = named_in(sources, words)
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    city = {"code": "990000", "name": "某某市", "children": [{"code_nbs": "990001", "name": "东区", "short": "东"}]}
    words = set(names_and_codes(city))
    assert words == {"990000", "某某市", "990001"}
    assert named_in({"a.py": "CITY = '某某市'", "b.py": "CODE = '990001999'", "c.py": "x = 1"}, words) == ["a.py: 某某市", "b.py: 990001"]
