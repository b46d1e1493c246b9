"""The versions that are tested are the versions that are installed: everything needed is pinned, and no file names a package index."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*==[0-9][0-9A-Za-z.+!]*( ; .+)?")


def not_pins(constraints: str) -> list[str]:
    """Lines that are neither a comment nor an exact version: options, links, ranges."""
    return [line for line in constraints.splitlines() if line and not line.startswith("# ") and not PIN.fullmatch(line)]


def unpinned(constraints: str, requirements: list[str]) -> list[str]:
    """Requirements that have no pin, or one that they do not allow."""
    pins = dict(line.partition(" ;")[0].split("==") for line in constraints.splitlines() if PIN.fullmatch(line))
    needed = [Requirement(text) for text in requirements]
    return [str(one) for one in needed if (pin := pins.get(canonicalize_name(one.name))) is None or not one.specifier.contains(pin)]


def test_everything_needed_is_pinned_exactly(repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text())["project"]
    constraints = (repo_root / "constraints.txt").read_text()
    found = not_pins(constraints)
    assert found == [], "\n".join(found)
    found = unpinned(constraints, [*project["dependencies"], *project["optional-dependencies"]["test"]])
    assert found == [], "\n".join(found)


def test_the_rule_can_fail() -> None:
    assert not_pins("# words\nnumpy==2.4.6\n--index-url x\nshapely>=2\nb @ file:///b\nnumpy==2.4.6 ; python_version < '3.12'") == [
        "--index-url x",
        "shapely>=2",
        "b @ file:///b",
    ]
    assert unpinned("numpy==2.4.6\npsycopg==3.1.0\n", ["numpy>=2.1", "psycopg[binary]>=3.2", "typer"]) == ["psycopg[binary]>=3.2", "typer"]
