"""Twenty operators on the same fifty cases at once, through two processes, on both databases: nothing lost, doubled or torn.

Exit 1 if anything was.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.flows.conftest import found_city
from tests.services.operators import STEPS, Together, act_together
from tests.services.postgis import running_server

OPERATORS, CASES = 20, 50
RIGHT = Together(won=CASES * len(STEPS), doubled=0, lost=0, torn=0, unexpected=0, chain_whole=True)


def main() -> int:
    with tempfile.TemporaryDirectory() as name, running_server() as server:
        folder = Path(name)
        urls = {"sqlite": f"sqlite:///{folder / 'city.db'}", "postgis": server.create_database().render_as_string(hide_password=False)}
        done = {kind: _strained(kind, url, folder / kind) for kind, url in urls.items()}
    return 0 if all(one == RIGHT for one in done.values()) else 1


def _strained(kind: str, url: str, folder: Path) -> Together:
    found_city(url)
    folder.mkdir()
    began = time.perf_counter()
    done = act_together(url, folder, operators=OPERATORS, cases=CASES)
    print(f"{kind}: {done} in {time.perf_counter() - began:.0f} s")
    return done


if __name__ == "__main__":
    sys.exit(main())
