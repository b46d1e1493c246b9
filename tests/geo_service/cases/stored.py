"""Cases as rows hold them, made of states of the workflow, and random ones."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from geo_service.cases.model import REPEAT_WITHIN, Case, Routing
from geo_service.cases.progress import row_values
from geo_service.cases.workflow import CaseState
from tests.geo_service.cases.machine import WorkflowMachine
from tests.geo_service.cases.ways import START, standing_in, walk

DISPATCH_WITHIN = timedelta(hours=2)


def routing(areas: dict[str, str] | None = None, **more: Any) -> Routing:
    """Where a case lies: in the finest of these areas, {level: code}, finest first."""
    found = areas or {}
    level, code = next(iter(found.items()), (None, None))
    values = dict.fromkeys(Routing.__dataclass_fields__)
    known = {"generation": 1, "verdict": "certain", "rule": "point", "area_code": code, "area_level": level, "areas": found}
    return Routing(**{**values, **known, "candidates": [], "on_border": False, **more})


def stored(state: CaseState, case_id: int, where: Routing | None = None, **more: Any) -> Case:
    """The case of a state; a filed one should have been dispatched within two hours."""
    values = {**row_values(state), **more}
    values["dispatch_due_at"] = None if state.filed_at is None else state.filed_at + DISPATCH_WITHIN
    return Case(
        case_id=case_id,
        tracking_number=f"20261101-{case_id:06d}",
        channel="web",
        urgency="normal",
        description="",
        address=None,
        queue=None,
        routing=where or routing({"grid": state.area_code} if state.area_code else None),
        received_at=state.received_at,
        repeat_until_at=state.received_at + REPEAT_WITHIN,
        **values,
    )


def wandered(chance: Random, *, steps: int) -> tuple[CaseState, datetime]:
    """A case after up to so many random steps of anybody, or one that was called back; and the instant of the last step."""
    if chance.random() < 0.3:
        answers = {name: chance.choice([True, False]) for name in ("responded", "resolved", "satisfied") if chance.random() < 0.8}
        said = {"score": 3, **answers} if chance.random() < 0.7 or not answers else answers
        ended = walk(standing_in("closed"), ("operator", "operator:1", "evaluate", said))
        return ended, ended.updated_at
    machine = WorkflowMachine()
    machine.now = START + timedelta(days=chance.randint(0, 50))
    for _ in range(chance.randint(0, steps)):
        machine.somebody_acts(seed=chance.randint(0, 2**32))
    return machine.case, machine.now
