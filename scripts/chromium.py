"""Sees to it that the tests of the console find a Chromium: installs it by apt on Debian and Ubuntu, else says what to do.

Nothing is done when one is named in CITYGRID_TEST_CHROMIUM or stands on PATH.
"""

import os
import shutil
import subprocess
import sys

from tests.console.browser import MISSING, find_chromium

PACKAGES = ("chromium", "fonts-noto-cjk")


def main() -> int:
    if find_chromium():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("Installing Chromium for the tests of the console\n")
        done = _apt("update", "-q") and _apt("install", "-q", "-y", "--no-install-recommends", *PACKAGES)
        if done and find_chromium():
            return 0
    sys.stderr.write(f"{MISSING}\n")
    return 1


def _apt(*arguments: str) -> bool:
    """Whether it went well; what it printed is shown only when it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
