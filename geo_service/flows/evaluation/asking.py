"""What is evaluated: of whom, over which cases, in which period. Everything that cannot be is refused here, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from geo_service.errors import RequestError
from geo_service.published import Published
from geo_service.scope import Scope
from geo_service.workers.repository import owner_exists

By = Literal["area", "agency", "worker"]
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these a period lies: wide enough for every archive, narrow enough for every calendar."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One evaluation. level: of areas, '' for agencies and workers. start, end: of receipt, half open, UTC. scope: the cases
    that are seen at all.

    area: only cases in this area. agency: only cases that this agency owns. relocated: by the borders of `published` and not by what the
    cases recorded.
    """

    published: Published
    by: By
    level: str
    start: datetime
    end: datetime
    now: datetime
    scope: Scope
    area: str | None = None
    agency: str | None = None
    relocated: bool = False


def asked(
    connection: Connection,
    published: Published,
    *,
    level: str,
    by: str | None,
    start: datetime,
    end: datetime,
    now: datetime,
    scope: Scope,
    area: str | None = None,
    agency: str | None = None,
    relocated: bool = False,
) -> Asked:
    """The evaluation asked for. level: of areas; `agency` and `worker` as a level mean the same as by.

    RequestError: unknown_level, unknown_grouping, unknown_area, unknown_agency, naive_instant, empty_period, period_out_of_range,
    generation_needs_areas.
    """
    for name, instant in (("from", start), ("to", end), ("as_of", now)):
        if instant.utcoffset() is None:
            raise RequestError("naive_instant", en="{field} needs a time zone", zh="{field} 须带时区", field=name)
        try:
            within = FIRST <= instant.astimezone(UTC) <= LAST
        except OverflowError:
            within = False
        if not within:
            raise RequestError("period_out_of_range", en="{field} lies in no period of ours", zh="{field} 超出可用范围", field=name)
    if start >= end:
        raise RequestError("empty_period", en="the period ends before it begins", zh="时段的结束早于开始", field="to")
    chosen, level = _grouping(published, level, by)
    if relocated and chosen != "area":
        raise RequestError(
            "generation_needs_areas", en="a generation is named for areas only", zh="仅按区域评价时可指定边界版本", field="generation"
        )
    if area is not None and area not in published.by_code:
        raise RequestError(
            "unknown_area",
            en="generation {generation} has no area {area}",
            zh="第 {generation} 版边界没有区域 {area}",
            generation=published.number,
            area=_short(area),
            field="area",
        )
    if agency is not None and ("\x00" in agency or not owner_exists(connection, f"agency:{agency}")):
        raise RequestError(
            "unknown_agency", en="there is no agency {agency}", zh="没有责任单位 {agency}", agency=_short(agency), field="agency"
        )
    return Asked(published, chosen, level, start.astimezone(UTC), end.astimezone(UTC), now.astimezone(UTC), scope, area, agency, relocated)


def _grouping(published: Published, level: str, by: str | None) -> tuple[By, str]:
    levels = [one.name for one in published.city.ladder]
    wanted = by or (level if level in ("agency", "worker") else "area")
    if wanted not in ("area", "agency", "worker"):
        raise RequestError("unknown_grouping", en="by is area, agency or worker", zh="by 应为 area、agency 或 worker", field="by")
    if wanted == "agency":
        return "agency", ""
    if wanted == "worker":
        return "worker", ""
    if level not in levels:
        known = ", ".join((*levels, "agency", "worker"))
        raise RequestError("unknown_level", en="level is one of {known}", zh="层级应为：{known}", known=known, field="level")
    return "area", level


def month_of(published: Published, month: str) -> tuple[datetime, datetime]:
    """A month of the city's calendar (YYYY-MM) as (start, end) in UTC. RequestError for what is no month."""
    year, _, number = month.partition("-")
    if not (
        len(month) == 7 and month.isascii() and year.isdigit() and number.isdigit() and 1970 < int(year) < 2199 and 1 <= int(number) <= 12
    ):
        raise RequestError("bad_month", en="a month is YYYY-MM", zh="月份格式为 YYYY-MM", field="month")
    zone = ZoneInfo(published.city.timezone)
    first = datetime(int(year), int(number), 1, tzinfo=zone)
    following = datetime(int(year) + int(number) // 12, int(number) % 12 + 1, 1, tzinfo=zone)
    return first.astimezone(UTC), following.astimezone(UTC)


def _short(text: str) -> str:
    return text.replace("\x00", "�")[:40]
