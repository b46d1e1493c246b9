"""A real Chromium for the tests: where it is, how it is started, and what no page may do."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SETTING = "CITYGRID_TEST_CHROMIUM"
MISSING = f"Chromium is missing: apt-get install chromium fonts-noto-cjk, or name one in {SETTING}"
# OpenLayers needs no WebGL; --disable-gpu keeps the compositor from emulating a graphics card, as on an office PC without one.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The program to start, or None."""
    named = os.environ.get(SETTING)
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name))), None)
