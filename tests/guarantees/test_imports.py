"""Who may import whom: the contracts of pyproject.toml hold, and each one bites when it is broken on purpose."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

LINT = Path(sys.executable).with_name("lint-imports")
FLOWS = "geo_service.flows"
# contract -> ways to break it; one way is a list of (module, line written into it). An empty line adds a module that nobody placed.
SEEDS: list[tuple[str, list[tuple[str, str]]]] = [
    ("packages", [("boundaries.model", "import map_ui.frames")]),
    ("packages", [("map_ui.frames", "import boundaries.model")]),
    ("packages", [("boundaries.model", "import geo_service.clock")]),
    ("boundaries", [("boundaries.geometry", "import boundaries.router.layer")]),
    ("boundaries", [("boundaries.demo.city", "import boundaries.store.tables")]),
    ("boundaries", [("boundaries.unplaced", "")]),
    ("service", [("geo_service.db", "import geo_service.cases.model")]),
    ("service", [("geo_service.cases.repository", "import geo_service.workers.model")]),
    ("service", [("geo_service.unplaced", "")]),
    ("maps", [("map_ui.frames", "import map_ui.views.areas")]),
    ("maps", [("map_ui.unplaced", "")]),
    ("flows", [(f"{FLOWS}.lookup.service", f"import {FLOWS}.intake.schemas")]),
    ("flow", [(f"{FLOWS}.lookup.service", f"import {FLOWS}.lookup.endpoints")]),
    ("stories", [(f"{FLOWS}.lookup.service", "from fastapi import HTTPException")]),
    ("ground", [("geo_service.cases.repository", "import starlette.requests")]),
    ("capability", [("geo_service.cases.tables", "import geo_service.cases.repository")]),
    ("rules", [("geo_service.cases.model", "import sqlalchemy")]),
    ("rules", [("geo_service.workers.model", "import geo_service.workers.words"), ("geo_service.workers.words", "import sqlalchemy")]),
    ("library", [("boundaries.router.layer", "import sqlalchemy")]),
    ("library", [("boundaries.checks.overlaps", "import pydantic")]),
    ("library", [("boundaries.store.tables", "import fastapi")]),
    ("pictures", [("map_ui.frames", "import sqlalchemy")]),
    ("cycles", [("boundaries.router.one", "import boundaries.router.two"), ("boundaries.router.two", "import boundaries.router.one")]),
]


def broken_contracts(folder: Path) -> list[str]:
    """The names of the contracts that import-linter finds broken in the packages of a folder."""
    done = subprocess.run(
        [LINT, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, env={"COLUMNS": "250"}, check=False
    )
    assert "Contracts:" in done.stdout, f"import-linter did not finish:\n{done.stdout}{done.stderr}"
    broken = [line.removesuffix("BROKEN").strip() for line in done.stdout.splitlines() if line.rstrip().endswith("BROKEN")]
    assert (done.returncode == 0) == (not broken)
    return broken


def contracts_of(repo_root: Path) -> dict[str, dict[str, Any]]:
    contracts = tomllib.loads((repo_root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract for contract in contracts}


def unheld(contracts: dict[str, dict[str, Any]], existing: set[str]) -> set[str]:
    """Modules of the service from `published` down that exist and that the contract on HTTP does not name; settings speak pydantic."""
    layers = contracts["service"]["layers"]
    below = " | ".join(layers[layers.index("(published)") :])
    placed = {name.strip(" ()") for name in below.split("|")} - {"settings", "migrations"}
    return {f"geo_service.{name}" for name in placed & existing} - set(contracts["ground"]["source_modules"])


@pytest.fixture
def skeleton(repo_root: Path, sources: dict[str, str], tmp_path: Path) -> Path:
    """The packages with every module emptied: whatever is broken in there, the seed broke it."""
    shutil.copy(repo_root / "pyproject.toml", tmp_path)
    for path in sources:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


def write_line(folder: Path, module: str, line: str) -> None:
    path = folder.joinpath(*module.split(".")).with_suffix(".py")
    for package in path.relative_to(folder).parents[:-1]:
        (folder / package).mkdir(exist_ok=True)
        (folder / package / "__init__.py").touch()
    path.write_text(f"{line}\n")


def test_the_code_keeps_every_contract(repo_root: Path) -> None:
    found = broken_contracts(repo_root)
    assert found == [], "\n".join(found)


def test_every_contract_has_a_seed(repo_root: Path) -> None:
    assert {contract for contract, _ in SEEDS} == set(contracts_of(repo_root))


def test_no_capability_escapes_the_contract_on_http(repo_root: Path) -> None:
    contracts = contracts_of(repo_root)
    assert unheld(contracts, {path.stem for path in (repo_root / "geo_service").iterdir()}) == set()
    contracts["ground"]["source_modules"].remove("geo_service.cases")
    assert unheld(contracts, {"cases", "clock", "flows"}) == {"geo_service.cases"}


@pytest.mark.parametrize(("contract", "seed"), SEEDS, ids=[f"{contract}: {seed[0][0]}" for contract, seed in SEEDS])
def test_a_forbidden_import_breaks_exactly_its_contract(
    skeleton: Path, repo_root: Path, contract: str, seed: list[tuple[str, str]]
) -> None:
    for _, line in seed:
        if (imported := line.split()[1:2]) and imported[0].startswith(("boundaries.", "geo_service.", "map_ui.")):
            write_line(skeleton, imported[0], "")
    for module, line in seed:
        write_line(skeleton, module, line)
    assert broken_contracts(skeleton) == [contracts_of(repo_root)[contract]["name"]]
