"""Longitude before latitude, and by name: a swapped pair is the commonest mistake there is, so no call can make it silently."""

import ast
import re

PAIRS = [("lon", "lat"), ("lons", "lats")]
# Endpoints and commands are called by their framework, always by name; the kernel is the innermost loop, behind methods that take names.
BY_POSITION = re.compile(r"endpoints\.py$|^geo_service/cli/|^boundaries/router/kernel\.py$")


def swappable(trees: dict[str, ast.Module]) -> list[str]:
    """Public functions that take a coordinate by position, and functions that take the latitude first."""
    found = []
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            positional = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args]]
            by_name = [argument.arg for argument in node.args.kwonlyargs]
            for lon, lat in PAIRS:
                together = [name for name in [*positional, *by_name] if name in (lon, lat)]
                by_position = lon in positional and lat in positional and not (node.name.startswith("_") or BY_POSITION.search(path))
                if together == [lat, lon] or by_position:
                    found.append(f"{path}:{node.lineno} {node.name}")
    return found


def test_coordinates_are_given_by_name_and_longitude_first(trees: dict[str, ast.Module]) -> None:
    found = swappable(trees)
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    assert swappable({"a.py": ast.parse("def locate(lon, lat): ...")}) == ["a.py:1 locate"]
    assert swappable({"a.py": ast.parse("def locate(*, lats, lons): ...")}) == ["a.py:1 locate"]
    assert swappable({"a.py": ast.parse("def _inner(lat, lon): ...")}) == ["a.py:1 _inner"]
    assert swappable({"a.py": ast.parse("def locate(*, lon, lat): ...\ndef _inner(lon, lat): ...\ndef flat(lat): ...")}) == []
