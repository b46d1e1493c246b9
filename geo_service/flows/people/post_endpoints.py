"""HTTP of posts, persons, absences and the dedicated range of numbers."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query

from geo_service.accounts import Actor, may
from geo_service.api.deps import Language, Reading, WiringDep, Writing, body_of, json_body
from geo_service.api.texts import Line
from geo_service.api.wiring import Wiring
from geo_service.errors import NotFoundError
from geo_service.flows.people import service
from geo_service.flows.people.asking import Administrator, After, AreaCode, At, Id, Limit, Reader, Registrar, following, utc
from geo_service.flows.people.places import area_of_levels, known_area, subtree
from geo_service.flows.people.reach import Reached
from geo_service.flows.people.schemas import (
    LARGEST_ID,
    AbsenceIn,
    AbsenceOut,
    AbsencesOut,
    AgenciesOut,
    AppointIn,
    EndIn,
    LeaveIn,
    MovedOut,
    PersonIn,
    PersonOut,
    PersonsOut,
    PostIn,
    PostOut,
    PostsOut,
    RangesIn,
    RelieveIn,
)
from geo_service.flows.people.showing import absence_out, person_out, posts_out
from geo_service.workers.model import ROLE_LEVELS
from geo_service.workers.persons import (
    absence_by_id,
    absence_not_found,
    add_person,
    end_absence,
    find_absences,
    find_persons,
    one_person,
    record_absence,
)
from geo_service.workers.phones import PhoneRange, phone_ranges, put_phone_ranges
from geo_service.workers.posts import PostFilter, agencies_page, appoint, check_role, create_post, find_posts, post_by_id
from geo_service.workers.standing_in import Absence

router = APIRouter()


@router.get("/posts", summary="Posts, who holds them and who is there")
def posts(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    area: AreaCode = None,
    role: Annotated[Line | None, Query(max_length=30)] = None,
    vacant: Annotated[bool | None, Query(description="true: nobody holds it; false: somebody does")] = None,
    person: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="held by this person")] = None,
    at: At = None,
    retired: Annotated[bool, Query(description="also those that were retired by then")] = False,
    after: After = 0,
    limit: Limit = 100,
) -> PostsOut:
    """Needs a key. Of the areas within the caller's reach, as of an instant; pages follow `next`."""
    moment = utc(at, wiring.clock.now())
    published = wiring.published.current()
    reached = Reached(published, actor)
    areas = reached.pairs()
    if area is not None:
        areas = [(one.level, one.code) for one in subtree(published, known_area(published, area)) if reached.has(one.code)]
    if role is not None:
        check_role(role)
    wanted = PostFilter(at=moment, areas=areas, role=role, vacant=vacant, person_id=person, retired=retired)
    found, total = find_posts(connection, wanted, after=after, limit=limit + 1)
    items = posts_out(connection, found[:limit], published=published, at=moment, language=language)
    return PostsOut(total=total, items=items, next=following([row.post_id for row in found], limit))


@router.post(
    "/posts",
    status_code=201,
    response_model=PostOut,
    openapi_extra=json_body(PostIn, linked_leader={"role": "linked_leader", "area_code": "990101001001001"}),
    summary="Make a post for an area",
)
def make_post(
    body: Annotated[tuple[PostIn, bytes], Depends(body_of(PostIn))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Administrator,
) -> PostOut:
    """Needs the role administrator, for that area."""
    said, now = body[0], wiring.clock.now()
    service.hold(connection)
    check_role(said.role)
    published = wiring.published.current()
    area = area_of_levels(published, said.area_code, ROLE_LEVELS[said.role])
    Reached(published, actor, "people.write").require_area(area.code)
    post_id = create_post(connection, role=said.role, level=area.level, code=area.code, agency_code=said.agency_code, phone=said.duty_phone)
    service.log(connection, "post_created", actor.name, now, post_id=post_id, role=said.role, area_code=area.code)
    return posts_out(connection, [post_by_id(connection, post_id)], published=published, at=now, language=language)[0]


@router.get("/posts/{post_id}", summary="A post and everybody who ever held it")
def post(post_id: Id, connection: Reading, wiring: WiringDep, language: Language, actor: Reader, at: At = None) -> PostOut:
    """Needs a key. `present` is who is there at the instant: a stand-in, with the reason, while the holder is away."""
    moment, published = utc(at, wiring.clock.now()), wiring.published.current()
    found = Reached(published, actor).post(connection, post_id)
    return posts_out(connection, [found], published=published, at=moment, language=language)[0]


@router.post(
    "/posts/{post_id}/appoint",
    response_model=PostOut,
    openapi_extra=json_body(AppointIn, today={"person_id": 12, "full_time": True}),
    summary="Put a person on a post",
)
def appoint_to(
    post_id: Id,
    body: Annotated[tuple[AppointIn, bytes], Depends(body_of(AppointIn))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Administrator,
) -> PostOut:
    """Needs the role administrator. From an instant on, also a later or an earlier one."""
    said, now = body[0], wiring.clock.now()
    from_at, published = utc(said.from_at, now), wiring.published.current()
    service.hold(connection)
    reached = Reached(published, actor, "people.write")
    reached.post(connection, post_id)
    reached.person(connection, said.person_id)
    appoint(connection, post_id=post_id, person_id=said.person_id, from_at=from_at, full_time=said.full_time)
    service.log(connection, "appointed", actor.name, now, post_id=post_id, person_id=said.person_id, from_at=from_at.isoformat())
    return posts_out(connection, [post_by_id(connection, post_id)], published=wiring.published.current(), at=now, language=language)[0]


@router.post(
    "/posts/{post_id}/relieve",
    response_model=MovedOut,
    openapi_extra=json_body(RelieveIn, with_a_successor={"person_id": 12, "reason": "调离", "successor": {"person_id": 13}}),
    summary="Take a person off a post",
)
def relieve_from(
    post_id: Id,
    body: Annotated[tuple[RelieveIn, bytes], Depends(body_of(RelieveIn))],
    connection: Writing,
    wiring: WiringDep,
    actor: Administrator,
) -> MovedOut:
    """Needs the role administrator. 409 `open_cases` names what is open; with a successor the cases go there in the same transaction."""
    said, now = body[0], wiring.clock.now()
    reached = _successor_within(connection, wiring, actor, said)
    reached.post(connection, post_id)
    moved = service.relieve(connection, post_id, said.person_id, _leaving(said, wiring), actor=actor.name, now=now)
    return MovedOut(moved_cases=[case.case_id for case in moved])


@router.post(
    "/posts/{post_id}/retire",
    response_model=MovedOut,
    openapi_extra=json_body(LeaveIn, with_a_successor={"reason": "退休", "successor": {"post_id": 13}}),
    summary="End a post",
)
def retire(
    post_id: Id,
    body: Annotated[tuple[LeaveIn, bytes], Depends(body_of(LeaveIn))],
    connection: Writing,
    wiring: WiringDep,
    actor: Administrator,
) -> MovedOut:
    """Needs the role administrator. 409 `open_cases` unless another post takes over."""
    _successor_within(connection, wiring, actor, body[0]).post(connection, post_id)
    moved = service.retire(connection, post_id, _leaving(body[0], wiring), actor=actor.name, now=wiring.clock.now())
    return MovedOut(moved_cases=[case.case_id for case in moved])


def _successor_within(connection: sa.Connection, wiring: Wiring, actor: Actor, said: LeaveIn) -> Reached:
    """What the actor may change, after whoever takes over was found to lie within it."""
    reached = Reached(wiring.published.current(), actor, "people.write")
    if said.successor is not None and said.successor.person_id is not None:
        reached.person(connection, said.successor.person_id)
    if said.successor is not None and said.successor.post_id is not None:
        reached.post(connection, said.successor.post_id)
    return reached


def _leaving(said: LeaveIn, wiring: Wiring) -> service.Leaving:
    to = said.successor
    at = utc(said.at, wiring.clock.now())
    return service.Leaving(at, said.reason, to.person_id if to else None, to.post_id if to else None)


@router.get("/persons", summary="Persons")
def persons(
    connection: Reading,
    wiring: WiringDep,
    actor: Reader,
    text: Annotated[Line | None, Query(max_length=60, description="part of a name")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> PersonsOut:
    """Needs a key. Who holds or held a post within the caller's reach, and for who changes people also who never held any. Their own
    numbers are masked."""
    within = Reached(wiring.published.current(), actor).within
    found, total = find_persons(connection, text=text, after=after, limit=limit + 1, within=within)
    items = [person_out(row) for row in found[:limit]]
    return PersonsOut(total=total, items=items, next=following([row.person_id for row in found], limit))


@router.post(
    "/persons",
    status_code=201,
    response_model=PersonOut,
    openapi_extra=json_body(PersonIn, somebody={"name": "王一", "party_member": True, "phone": "10012345678"}),
    summary="Add a person",
)
def new_person(
    body: Annotated[tuple[PersonIn, bytes], Depends(body_of(PersonIn))], connection: Writing, wiring: WiringDep, actor: Administrator
) -> PersonOut:
    """Needs the role administrator."""
    said = body[0]
    person_id = add_person(connection, name=said.name, party_member=said.party_member, phone=said.phone)
    service.log(connection, "person_added", actor.name, wiring.clock.now(), person_id=person_id)
    return person_out(one_person(connection, person_id), whole=True)


@router.get("/persons/{person_id}", summary="One person")
def person_of(person_id: Id, connection: Reading, wiring: WiringDep, actor: Reader) -> PersonOut:
    """Needs a key. The own number is shown whole to who may change the person only."""
    published = wiring.published.current()
    row = Reached(published, actor).person(connection, person_id)
    mine = may(actor, "people.write") and Reached(published, actor, "people.write").has_person(connection, person_id)
    return person_out(row, whole=mine)


@router.post(
    "/persons/{person_id}/remove",
    response_model=MovedOut,
    openapi_extra=json_body(LeaveIn, with_a_successor={"reason": "退休", "successor": {"post_id": 13}}),
    summary="A person leaves",
)
def remove_person(
    person_id: Id,
    body: Annotated[tuple[LeaveIn, bytes], Depends(body_of(LeaveIn))],
    connection: Writing,
    wiring: WiringDep,
    actor: Administrator,
) -> MovedOut:
    """Needs the role administrator, for every post the person holds. Leaves them all; 409 `open_cases` unless a successor is named."""
    leaving = _leaving(body[0], wiring)
    _successor_within(connection, wiring, actor, body[0]).to_change(connection, person_id, behind=leaving.at)
    moved = service.remove(connection, person_id, leaving, actor=actor.name, now=wiring.clock.now())
    return MovedOut(moved_cases=[case.case_id for case in moved])


@router.post(
    "/persons/{person_id}/absences",
    status_code=201,
    openapi_extra=json_body(
        AbsenceIn,
        leave={
            "from_at": "2026-12-01T00:00:00+08:00",
            "until_at": "2026-12-08T00:00:00+08:00",
            "reason": "leave",
            "stand_in_person_id": 13,
        },
    ),
    summary="A person is away",
)
def away(
    person_id: Id,
    body: Annotated[tuple[AbsenceIn, bytes], Depends(body_of(AbsenceIn))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Administrator,
) -> AbsenceOut:
    """Needs the role administrator. 409 for a time that overlaps another absence, and for stand-ins that lead in a circle."""
    said, now = body[0], wiring.clock.now()
    until_at = None if said.until_at is None else utc(said.until_at, now)
    new = Absence(person_id, utc(said.from_at, now), until_at, said.reason, said.stand_in_person_id, said.stand_in_post_id)
    service.hold(connection)
    reached = Reached(wiring.published.current(), actor, "people.write")
    reached.to_change(connection, person_id, behind=min(now, new.from_at))
    reached.require_stand_in(connection, new)
    absence_id = record_absence(connection, new, actor=actor.name)
    service.log(connection, "absence_recorded", actor.name, now, absence_id=absence_id, person_id=person_id)
    return _absence(connection, absence_id, person_id, language)


@router.get("/absences", summary="Who is away")
def absences(
    connection: Reading,
    wiring: WiringDep,
    language: Language,
    actor: Reader,
    at: Annotated[At, Query(description="in force then; all where it is left out")] = None,
    person: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    after: After = 0,
    limit: Limit = 100,
) -> AbsencesOut:
    """Needs a key. Of persons within the caller's reach."""
    within = Reached(wiring.published.current(), actor).within
    found, total = find_absences(connection, at=at, person_id=person, after=after, limit=limit + 1, within=within)
    items = [absence_out(row, language) for row in found[:limit]]
    return AbsencesOut(total=total, items=items, next=following([row.absence_id for row in found], limit))


@router.post("/absences/{absence_id}/end", openapi_extra=json_body(EndIn, now={"at": None}), summary="A person is back")
def back(
    absence_id: Id,
    body: Annotated[tuple[EndIn, bytes], Depends(body_of(EndIn))],
    connection: Writing,
    wiring: WiringDep,
    language: Language,
    actor: Administrator,
) -> AbsenceOut:
    """Needs the role administrator."""
    now = wiring.clock.now()
    service.hold(connection)
    away = absence_by_id(connection, absence_id)
    reached = Reached(wiring.published.current(), actor, "people.write")
    try:
        reached.to_change(connection, away.person_id, behind=min(now, away.from_at))
    except NotFoundError as missing:
        raise absence_not_found(absence_id) from missing
    ended = end_absence(connection, absence_id, at=utc(body[0].at, now))
    service.log(connection, "absence_ended", actor.name, now, absence_id=absence_id, person_id=ended.person_id)
    return _absence(connection, absence_id, ended.person_id, language)


def _absence(connection: sa.Connection, absence_id: int, person_id: int, language: str) -> AbsenceOut:
    found, _ = find_absences(connection, at=None, person_id=person_id, after=absence_id - 1, limit=1)
    return absence_out(found[0], language)


@router.get("/phone-ranges", summary="The dedicated ranges of numbers")
def ranges(connection: Reading, _: Reader) -> RangesIn:
    """Needs a key."""
    return RangesIn.model_validate({"ranges": [_range(one) for one in phone_ranges(connection)]})


@router.put(
    "/phone-ranges",
    response_model=RangesIn,
    openapi_extra=json_body(RangesIn, leaders={"ranges": [{"role": "micro_grid_leader", "first": "0100-0100000", "last": "0100-0199999"}]}),
    summary="Set the dedicated ranges",
)
def set_ranges(
    body: Annotated[tuple[RangesIn, bytes], Depends(body_of(RangesIn))], connection: Writing, wiring: WiringDep, actor: Registrar
) -> RangesIn:
    """Needs the role administrator, for the whole city. Numbers that were given before stay; new ones must lie inside."""
    for one in body[0].ranges:
        check_role(one.role)
    service.hold(connection)
    put_phone_ranges(connection, [PhoneRange(one.role, one.first, one.last) for one in body[0].ranges])
    service.log(connection, "phone_ranges_set", actor.name, wiring.clock.now(), count=len(body[0].ranges))
    return body[0]


def _range(one: PhoneRange) -> dict[str, str]:
    return {"role": one.role, "first": one.first, "last": one.last}


@router.get("/agencies", summary="Agencies")
def agencies(
    connection: Reading,
    _: Reader,
    level: Annotated[Line | None, Query(max_length=20)] = None,
    area: Annotated[Line | None, Query(max_length=32, description="code of the agency's own area")] = None,
    after: After = 0,
    limit: Limit = 100,
) -> AgenciesOut:
    """Needs a key."""
    found, total = agencies_page(connection, level=level, area_code=area, after=after, limit=limit + 1)
    items = [dict(row._mapping) for row in found[:limit]]
    return AgenciesOut(total=total, items=items, next=following([row.agency_id for row in found], limit))
