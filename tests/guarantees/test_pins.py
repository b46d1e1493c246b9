"""What is tested is what gets installed: everything needed is pinned, the program needs nothing from the test extra, and no file
names a package index."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.pins import add_pins

PIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*==[0-9][0-9A-Za-z.+!]*( ; .+)?")


def not_pins(constraints: str) -> list[str]:
    """Lines that are neither a comment nor an exact version: options, links, ranges."""
    return [line for line in constraints.splitlines() if line and not line.startswith("# ") and not PIN.fullmatch(line)]


def unpinned(constraints: str, requirements: list[str]) -> list[str]:
    """Requirements that have no pin, or one that they do not allow."""
    pins = dict(line.partition(" ;")[0].split("==") for line in constraints.splitlines() if PIN.fullmatch(line))
    needed = [Requirement(text) for text in requirements]
    return [str(one) for one in needed if (pin := pins.get(canonicalize_name(one.name))) is None or not one.specifier.contains(pin)]


def not_brought(trees: dict[str, ast.Module], requirements: list[str]) -> set[str]:
    """Modules that the code imports and that installing these requirements does not bring."""
    brought: dict[str, str] = {}
    for text in requirements:
        add_pins(Requirement(text), brought)
    imported = set()
    for node in (node for tree in trees.values() for node in ast.walk(tree)):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
        imported |= {name.partition(".")[0] for name in names}
    owners = packages_distributions()
    foreign = imported - set(sys.stdlib_module_names) - {"boundaries", "geo_service", "map_ui", "__future__"}
    return {name for name in foreign if not brought.keys() & {canonicalize_name(owner) for owner in owners.get(name, [])}}


def test_the_program_needs_nothing_from_the_test_extra(repo_root: Path, trees: dict[str, ast.Module]) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text())["project"]
    assert not_brought(trees, project["dependencies"]) == set()


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
    imports = {"a.py": ast.parse("import httpx, json\nfrom numpy.typing import NDArray\nfrom .near import far\nimport nowhere")}
    assert not_brought(imports, ["numpy"]) == {"httpx", "nowhere"}
