"""Operators on the same cases at once, in two processes: nothing lost, nothing dispatched twice. `make bench` takes 20 on 50 cases."""

from pathlib import Path

from tests.services.operators import STEPS, Together, act_together


def test_operators_in_two_processes_lose_and_double_nothing(founded_url: str, tmp_path: Path) -> None:
    done = act_together(founded_url, tmp_path, operators=6, cases=4)
    assert done == Together(won=4 * len(STEPS), doubled=0, lost=0, torn=0, unexpected=0, chain_whole=True)
