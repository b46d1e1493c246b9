"""A private PostgreSQL cluster on a free loopback port: made in two seconds, gone when the test run is gone, however it ended."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Nothing here outlives the test run, so nothing is made durable: commits are three times faster.
COMMON = "shared_buffers=64MB listen_addresses=127.0.0.1 unix_socket_directories=''"
SETTINGS = f"fsync=off full_page_writes=off synchronous_commit=off min_wal_size=32MB max_wal_size=256MB {COMMON}"
MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # a file system in memory, and what must be free there for a cluster
# Waits until our end of its standard input closes: that happens even when the test run is killed.
GUARDIAN = 'cat >/dev/null; "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1; rm -rf "$2"'


def find_programs() -> Path | None:
    """The folder with the newest PostgreSQL that has PostGIS beside it, or None."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    folders += [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return max((folder for folder in folders if _has_postgis(folder)), key=_version, default=None)


def _has_postgis(folder: Path) -> bool:
    # Debian keeps extensions under /usr/share/postgresql/<major>, others under the installation's own share folder.
    shares = Path("/usr/share/postgresql") / folder.parent.name, folder.parent / "share", folder.parent / "share" / "postgresql"
    return (folder / "initdb").exists() and any((share / "extension" / "postgis.control").exists() for share in shares)


def _version(folder: Path) -> tuple[int, ...]:
    printed = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in printed.split()[2].split(".") if part.isdigit())


@contextlib.contextmanager
def private_cluster(programs: Path, *, durable: bool = False) -> Iterator[int]:
    """The port of a new cluster whose superuser is `postgres`, without a password, open to this machine only.

    durable: what is committed is on the disk, as in production; else it is as fast as it can be.
    """
    # PostgreSQL refuses to run as root; its Debian package brings the user.
    as_root = os.geteuid() == 0
    user = group = "postgres" if as_root else None
    groups: list[str] | None = [] if as_root else None
    folder = Path(tempfile.mkdtemp(prefix="citygrid-postgis-", dir=_place(durable=durable, as_root=as_root)))
    if as_root:
        shutil.chown(folder, "postgres", "postgres")
    guardian = subprocess.Popen(
        ["sh", "-c", GUARDIAN, "guardian", programs, folder],
        stdin=subprocess.PIPE, cwd="/", user=user, group=group, extra_groups=groups, start_new_session=True,
    )  # fmt: skip

    def run(*command: str | Path) -> int:
        # No pipes: the server would inherit them, and we would wait for its end.
        with (folder / "output").open("w") as output:
            done = subprocess.run(
                command, cwd=folder, stdout=output, stderr=output, check=False, user=user, group=group, extra_groups=groups
            )
        return done.returncode

    def failure(step: str) -> RuntimeError:
        told = [path.read_text(errors="replace") for path in (folder / "output", folder / "log") if path.exists()]
        return RuntimeError(f"{step} of PostgreSQL failed:\n{''.join(told)}")

    try:
        if run(programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"):
            raise failure("initdb")
        for _ in range(5):  # another program may take the port before the server does
            port = _free_port()
            options = " ".join(f"-c {setting}" for setting in [*(COMMON if durable else SETTINGS).split(), f"port={port}"])
            if not run(programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start"):
                break
        else:
            raise failure("start")
        yield port
    finally:
        guardian.communicate()


def _place(*, durable: bool, as_root: bool) -> Path | None:
    """Where the cluster lies. A copy of a database is a thousand small files: in memory that takes 25 ms, on a disk up to half a second."""
    if not durable and MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return Path("/tmp") if as_root else None  # the server's user cannot enter root's own folders


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
