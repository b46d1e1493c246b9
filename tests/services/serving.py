"""The service as a process of its own, to be started, killed and started again."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from geo_service.cli.main import main
from tests.services.forked import ForkServerProcess, forked

WAIT_S = 60.0


class Process:
    """`citygrid serve` on a database, at a port of its own. background: whether it does background work too."""

    def __init__(self, database_url: str, folder: Path, *, background: bool = True) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"serve-{self.port}.log"
        self._environment = {
            **os.environ,
            "CITYGRID_DATABASE_URL": database_url,
            "CITYGRID_DATA_DIR": str(folder / "var"),
            "CITYGRID_PORT": str(self.port),
            "CITYGRID_JOBS_IN_APP": "1" if background else "0",
        }
        self._running: ForkServerProcess | None = None

    def start(self) -> None:
        """Starts it and waits until it can route."""
        self._log.touch()
        self._running = forked(_serve, self._environment, self._log)
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.address}/health/ready", timeout=5):
                    return
            except (OSError, urllib.error.URLError):
                if not self._running.is_alive():
                    break
                time.sleep(0.05)
        raise RuntimeError(f"the service did not start:\n{self._log.read_text()}")

    @property
    def pid(self) -> int:
        """The number of the running process."""
        number = self._running.pid if self._running is not None else None
        assert number is not None, "it runs"
        return number

    def kill(self) -> None:
        """kill -9: nothing of it may finish what it was doing."""
        if self._running is not None:
            self._running.kill()
            self._running.join()
            self._running = None


def _serve(environment: dict[str, str], log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = ["citygrid", "serve"]
    main()
