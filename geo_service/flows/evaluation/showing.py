"""An evaluation as the wire has it."""

from __future__ import annotations

from geo_service.cases.rates import RATES
from geo_service.flows.evaluation.asking import Asked
from geo_service.flows.evaluation.lists import link
from geo_service.flows.evaluation.schemas import EvaluationOut, LineOut, LoadOut, RateOut, RelocatedOut, YardstickOut
from geo_service.flows.evaluation.service import Evaluation, Line, Told
from geo_service.flows.evaluation.words import basis, line_name, load_basis


def evaluation_out(found: Evaluation, language: str, *, after: str | None, limit: int) -> EvaluationOut:
    """The evaluation with the lines behind the key `after`, at most `limit` of them."""
    asked, y = found.asked, found.standard.yardstick
    keys = [line.key for line in found.lines]
    first = keys.index(after) + 1 if after in keys else 0
    shown = found.lines[first : first + limit]
    how = found.how
    return EvaluationOut(
        by=asked.by,
        level=asked.level,
        start=asked.start,
        end=asked.end,
        as_of=asked.now,
        generation=asked.published.number,
        basis=basis(found, language),
        relocated=None if how is None else RelocatedOut(by_point=how.by_point, by_record=how.by_record, unplaced=how.unplaced),
        load_per=found.per if asked.by == "area" else None,
        load_basis=load_basis(found, language),
        yardstick=YardstickOut(
            version=found.standard.version,
            small=y.small,
            small_households=y.small_households,
            small_people=y.small_people,
            weights=dict(y.weights),
            star_from=list(y.star_from),
        ),
        whole=line_out(asked, found.whole, language),
        unassigned=None if found.unassigned is None else line_out(asked, found.unassigned, language),
        total=len(found.lines),
        items=[line_out(asked, line, language) for line in shown],
        next=shown[-1].key if first + limit < len(found.lines) else None,
    )


def line_out(asked: Asked, line: Line, language: str) -> LineOut:
    """A line with the address of the list behind each of its numbers."""
    return LineOut(
        key=line.key,
        name=line_name(asked, line, language),
        received=line.received,
        received_cases=link(asked, line.key, "received"),
        households=line.households,
        population=None if line.people is None else round(line.people.number),
        population_basis=None if line.people is None else line.people.basis,
        workers=line.workers,
        per_thousand_people=_load(line.per_thousand_people),
        per_thousand_households=_load(line.per_thousand_households),
        cases_per_worker=_load(line.cases_per_worker),
        households_per_worker=_load(line.households_per_worker),
        score=line.score,
        stars=line.stars,
        rank=line.rank,
        rates=[_rate(asked, line, code, language) for code in RATES],
    )


def _load(told: Told) -> LoadOut:
    return LoadOut(value=told[0], withheld=told[1])  # type: ignore[arg-type]  # the reasons are those of the wire


def _rate(asked: Asked, line: Line, code: str, language: str) -> RateOut:
    rate = RATES[code]
    above, below, value, withheld = line.rate(code)
    chinese = language.startswith("zh")
    return RateOut(
        name=code,
        label=rate.zh if chinese else rate.en,
        share_of=rate.below_zh if chinese else rate.below_en,
        better=rate.better,  # type: ignore[arg-type]  # up or down
        numerator=above,
        denominator=below,
        value=value,
        withheld=withheld,  # type: ignore[arg-type]  # one of the reasons of rates
        numerator_cases=link(asked, line.key, rate.numerator),
        denominator_cases=link(asked, line.key, rate.denominator),
    )
