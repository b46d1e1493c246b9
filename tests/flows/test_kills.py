"""Acknowledged means durable: the service is killed (-9) while reports come in. `make bench` does it twenty times a database."""

from pathlib import Path

from tests.services.kills import kill_under_load


def test_no_acknowledged_report_is_lost_and_none_is_doubled(founded_url: str, tmp_path: Path) -> None:
    done = kill_under_load(founded_url, tmp_path, kills=2, seed=1)
    assert done.acknowledged >= 2
    assert (done.lost, done.doubled, done.mismatched, done.chain_whole) == (0, 0, 0, True)
