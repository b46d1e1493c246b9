"""What the guarantees look at: the project's own source files."""

import ast
from pathlib import Path

import pytest

PACKAGES = "boundaries", "geo_service", "map_ui"


@pytest.fixture(scope="session")
def sources(repo_root: Path) -> dict[str, str]:
    """Every Python file of the three packages: path from the repository's folder -> text. Generated migrations are data, not code."""
    paths = [path for package in PACKAGES for path in sorted((repo_root / package).rglob("*.py"))]
    return {str(path.relative_to(repo_root)): path.read_text() for path in paths if path.parent.name != "versions"}


@pytest.fixture(scope="session")
def trees(sources: dict[str, str]) -> dict[str, ast.Module]:
    """The same files, parsed."""
    return {path: ast.parse(text) for path, text in sources.items()}
