"""Twenty kills (-9) under load on each database: exit 1 if an acknowledged report was lost or one became two cases."""

import sys
import tempfile
from pathlib import Path

from geo_service.db import Database
from geo_service.migrations import migrate
from tests import city
from tests.services.kills import kill_under_load
from tests.services.postgis import running_server

KILLS = 20


def main() -> int:
    bad = 0
    with running_server() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, url in (
            ("sqlite", f"sqlite:///{folder / 'city.db'}"),
            ("postgis", server.create_database().render_as_string(hide_password=False)),
        ):
            migrate(url)
            database = Database(url)
            with database.writing() as connection:
                city.found(connection)
            database.close()
            (folder / kind).mkdir()
            done = kill_under_load(url, folder / kind, kills=KILLS, seed=7)
            print(f"{kind}: {done}")
            bad += done.lost + done.doubled + done.mismatched + (not done.chain_whole)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
