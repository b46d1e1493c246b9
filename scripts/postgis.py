"""Sees to it that the tests find PostgreSQL with PostGIS: installs them by apt on Debian and Ubuntu, else says what to do.

Nothing is done when a server is named in CITYGRID_TEST_POSTGRES_URL or the programs are there. No server is started here, and apt
is kept from making and starting one: the tests start a private one and stop it again.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.services.cluster import find_programs
from tests.services.postgis import MISSING, URL_SETTING

PACKAGE = "^postgresql-([0-9]+)-postgis-3$"  # read by apt-cache and by Python


def main() -> int:
    if os.environ.get(URL_SETTING) or find_programs():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("Installing PostgreSQL and PostGIS for the tests\n")
        if _install() and find_programs():
            return 0
    sys.stderr.write(f"{MISSING}\n")
    return 1


def _install() -> bool:
    if not _apt("apt-get", "update", "-q"):
        return False
    listed = subprocess.run(["apt-cache", "search", "--names-only", PACKAGE], capture_output=True, text=True, check=False).stdout
    versions = [int(found[1]) for line in listed.splitlines() if (found := re.match(PACKAGE, line.partition(" ")[0]))]
    if not versions:
        sys.stderr.write("apt knows no package postgresql-*-postgis-3\n")
        return False
    newest = max(versions)
    with _no_system_cluster():
        return _apt("apt-get", "install", "-q", "-y", "--no-install-recommends", f"postgresql-{newest}", f"postgresql-{newest}-postgis-3")


def _apt(*command: str) -> bool:
    """Whether it went well; what it printed is shown only when it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode == 0


@contextlib.contextmanager
def _no_system_cluster() -> Iterator[None]:
    """Debian's package makes a cluster and starts it at every boot, unless it is told not to."""
    setting = Path("/etc/postgresql-common/createcluster.d/citygrid-tests.conf")
    setting.parent.mkdir(parents=True, exist_ok=True)
    setting.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        setting.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
