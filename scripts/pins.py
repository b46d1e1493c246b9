"""Writes constraints.txt to standard output: the exact version of everything the project and its tests need, as installed here.

Only what pyproject.toml leads to is named, so a tool that happens to be installed beside it is not. What only another Python or
another system needs cannot be seen from here: install on each supported Python before committing the result.
"""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEADER = "# Exact versions of everything that citygrid and its tests need. Made by `make pins`; no registry address belongs here."
PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def add_pins(requirement: Requirement, pins: dict[str, str]) -> None:
    """Adds the installed version of what is required, and of what that requires in turn."""
    name = canonicalize_name(requirement.name)
    if name in pins and not requirement.extras:
        return
    try:
        found = distribution(name)
    except PackageNotFoundError:
        sys.stderr.write(f"not installed here: {requirement}\n")
        return
    pins[name] = found.version
    for text in found.requires or []:
        further = Requirement(text)
        if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in {"", *requirement.extras}):
            add_pins(further, pins)


if __name__ == "__main__":
    project = tomllib.loads(PROJECT.read_text())["project"]
    pins: dict[str, str] = {}
    for direct in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        add_pins(Requirement(direct), pins)
    sys.stdout.write("\n".join([HEADER, *(f"{name}=={version}" for name, version in sorted(pins.items()))]) + "\n")
