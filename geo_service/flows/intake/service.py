"""The story of taking a report in, without HTTP: route it, open the case, log it, all in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from boundaries.store.lookup import Location, locate
from boundaries.store.repository import current_number
from geo_service.accounts import Actor
from geo_service.api.wiring import Wiring
from geo_service.cases import Case, Reporter, Routing
from geo_service.cases.receiving import receive as open_case
from geo_service.cases.repository import NewCase
from geo_service.errors import RequestError
from geo_service.flows.intake.routing import Decision, decide
from geo_service.flows.intake.schemas import ReportIn
from geo_service.notify.repository import subscribe_reporter
from geo_service.notify.senders import require_address
from geo_service.published import Published
from geo_service.rulebooks import rulebook_in_force
from geo_service.workers import Responsible, responsible_for


def receive(
    connection: Connection, wiring: Wiring, report: ReportIn, *, actor: Actor, now: datetime, language: str = "zh-CN"
) -> tuple[Case, Published, Location | None, Responsible | None]:
    """Opens a case for a report and says who answers for it.

    The generation in force is read and locked in this transaction, so no case is ever committed under a superseded one.
    RequestError for a report without a place, half a point, or an unknown category.
    """
    _check(report)
    _check_category(connection, report.category, now)
    if report.notify is not None:
        told = report.notify
        require_address(wiring.settings.messages, told.channel, told.address, field="notify.", for_reporter=True)
    published = wiring.published.matching(connection, current_number(connection, lock=True))
    found = None
    if report.lon is not None and report.lat is not None:
        certain_from = wiring.settings.routing.certain_from
        found = locate(
            published.lookup, lon=report.lon, lat=report.lat, datum=report.datum, accuracy_m=report.accuracy_m, certain_from=certain_from
        )
    matches = wiring.geocoder().geocode(report.address, places=wiring.places(published)) if report.address else []
    decision = decide(published, found, matches)
    chain = published.chain(decision.area) if decision.area else []
    responsible = responsible_for(connection, areas=[(a.level, a.code) for a in chain], at=now) if chain else None
    new = NewCase(
        channel=report.channel,
        category=report.category,
        urgency=report.urgency,
        description=report.description,
        address=report.address,
        routing=_routing(published, report, found, decision, responsible),
        queue=None if decision.area else "unassigned",
        reporter=Reporter(report.reporter.name, report.reporter.phone) if report.reporter else None,
    )
    case = open_case(connection, new, actor=actor.name, at=now, timezone=published.city.timezone)
    if report.notify is not None:
        told = report.notify
        subscribe_reporter(connection, case.case_id, channel=told.channel, address=told.address, language=language, at=now)
    return case, published, found, responsible


def _check(report: ReportIn) -> None:
    if (report.lon is None) != (report.lat is None):
        missing = "lat" if report.lat is None else "lon"
        raise RequestError(
            "half_a_point",
            en="{field} is missing: a point needs lon and lat",
            zh="缺少 {field}：坐标需要同时给出 lon 和 lat",
            field=missing,
        )
    if report.lon is None and report.address is None:
        raise RequestError(
            "no_place",
            en="say where: a point (lon, lat, datum), an address, or both",
            zh="请说明位置：坐标（lon、lat、datum）、地址，或两者",
            field="lon",
        )


def _check_category(connection: Connection, key: str | None, now: datetime) -> None:
    """RequestError for a category that is in none of the trees in force."""
    if key is not None and key not in rulebook_in_force(connection, at=now).categories:
        raise RequestError("unknown_category", en="there is no such category", zh="没有该类别", field="category")


def _routing(
    published: Published, report: ReportIn, found: Location | None, decision: Decision, responsible: Responsible | None
) -> Routing:
    area = decision.area
    return Routing(
        generation=published.number,
        verdict=decision.verdict,
        rule=decision.rule,
        area_code=area.code if area else None,
        area_level=area.level if area else None,
        areas={a.level: a.code for a in published.chain(area)} if area else {},
        candidates=decision.candidates,
        on_border=found.on_border if found else False,
        raw_lon=report.lon,
        raw_lat=report.lat,
        datum=report.datum if found else None,
        accuracy_m=report.accuracy_m,
        lon=found.lon if found else None,
        lat=found.lat if found else None,
        address_level=decision.address_level,
        post_id=responsible.post_id if responsible else None,
        person_id=responsible.person_id if responsible else None,
        agency=responsible.agency if responsible else None,
    )
