"""The stories of hard matters: how a case comes into consultation or to a whistle, and how that goes on. Each step is the service's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from geo_service.accounts import Actor
from geo_service.demo.play import Play, acting_for
from geo_service.demo.staging import Scene

LOOKED = timedelta(minutes=3)
"""How long after its time the periodic task comes by."""
OVERDUE = timedelta(days=5)


def overdue(play: Play, at: datetime) -> Scene:
    """A red light too long: the first tier, and where that does not do the next ones."""
    case = play.case
    assert case.due_at is not None
    at = case.due_at + OVERDUE + LOOKED
    yield at
    play.enter(at)
    yield from ENDINGS[play.number % len(ENDINGS)](play, at)


def unclear(play: Play, at: datetime) -> Scene:
    """Returned because nobody owns it: the agencies find out whose it is."""
    at = play.later(at, 2)
    yield at
    owner = play.owner
    play.step("return", at, role="agency", name=owner, reason="unclear_ownership", proposed_owner=play.instead)
    yield at + LOOKED
    play.enter(at + LOOKED)
    if play.number % 3 == 2:
        yield from _minuted(play, at)
    else:
        yield from _ruled(play, at, precedent=play.number % 3 == 0)


def recurring(play: Play, at: datetime) -> Scene:
    """The same again and again in one place."""
    yield at + LOOKED
    play.enter(at + LOOKED)
    yield from (_ruled if play.number % 2 else _silent)(play, at + LOOKED)


def whistle(play: Play, at: datetime) -> Scene:
    """A whistle that not everybody answers: from its deadline on the case is in consultation."""
    at = play.later(at, 1)
    yield at
    owner = play.owner
    called = [one for one in dict.fromkeys((owner, *play.others)) if one != play.street]
    due = play.later(at, 4)
    blown = play.blow(at, called, due, about_case=True)
    for number, agency in enumerate(called[:-1]):
        came = play.later(at, 1 + number)
        yield came
        play.whistle(blown, "report_in", came, acting_for(agency))
    yield due + LOOKED
    play.whistle_over(blown, due + LOOKED)
    play.enter(due + LOOKED)
    yield due + 2 * LOOKED
    play.whistle(blown, "rate", due + 2 * LOOKED, acting_for(play.street, "street_office"), agency=called[-1], stars=1, words="未按时到场")
    yield from (_ruled, _settled, _minuted)[play.number % 3](play, due + 2 * LOOKED)


def called(play: Play, at: datetime) -> Scene:
    """A whistle that is answered in time, about a case or about the area; the street rates who came."""
    at = play.later(at, 1 + play.number % 5)
    yield at
    agencies = [one for one in dict.fromkeys((play.owner, *play.others)) if one != play.street]
    due = play.later(at, 8)
    blown = play.blow(at, agencies, due, about_case=play.number % 4 != 3)
    for number, agency in enumerate(agencies):
        came = play.later(at, 1 + 1.5 * number)
        yield came
        play.whistle(blown, "report_in", came, acting_for(agency))
    yield due + LOOKED
    play.whistle_over(blown, due + LOOKED)
    for number, agency in enumerate(agencies[: 1 + play.number % len(agencies)]):
        then = play.later(due, 1 + number)
        yield then
        said = {"stars": 5 - (play.number + number) % 3, "words": play.text("rated", number % 3)}
        play.whistle(blown, "rate", then, acting_for(play.street, "street_office"), agency=agency, **said)


PLOTS: dict[str, Callable[[Play, datetime], Scene]] = {
    "overdue": overdue,
    "unclear": unclear,
    "recurring": recurring,
    "whistle": whistle,
    "called": called,
}
"""Plot (see `standing.PLOTS`) -> its story, from the case's last step on."""


def _opinions(play: Play, at: datetime, *, silent: int = 0) -> Scene:
    """The lead asks others, and all but `silent` of those asked are heard."""
    lead = play.meeting.one.lead
    new = [one for one in play.others if one not in play.meeting.one.invited]
    if play.meeting.one.tier == 1 and new:
        at = play.later(at, 1.5)
        yield at
        play.consult("invite", at, acting_for(lead), agencies=new)
    everybody = play.meeting.one.invited
    for number, party in enumerate(everybody[: len(everybody) - silent] if silent else everybody):
        at = play.later(at, 1)
        yield at
        stance = "takes" if party == lead else "declines" if number == 2 else "assists"
        play.consult("opinion", at, acting_for(party), stance=stance, words=play.text(stance, number))


def _minuted(play: Play, at: datetime, *, silent: int = 0) -> Scene:
    """Heard, and the minutes written: as soon as all were heard, else when the time for that is over."""
    yield from _opinions(play, at, silent=silent)
    one = play.meeting.one
    heard = max(opinion.at for opinion in one.opinions)
    at = play.later(one.opinions_due_at if silent else heard, 1)
    yield at
    attended = [opinion.agency for opinion in one.opinions]
    play.consult("minutes", at, _chair(play), words=play.text("minutes"), attended=attended)


def _chair(play: Play) -> Actor:
    return Actor("city_leader", "city_leader") if play.meeting.one.tier == 3 else play.centre()


def _ruled(play: Play, at: datetime, *, precedent: bool = False, silent: int = 0) -> Scene:
    """Minuted and ruled; the lead signs for it and, if there is time, does it."""
    yield from _minuted(play, at, silent=silent)
    kept = play.meeting
    assert kept.one.minutes is not None
    at = play.later(kept.one.minutes.at, 2)
    yield at
    takers = [opinion.agency for opinion in kept.one.opinions if opinion.stance == "takes"]
    helpers = [opinion.agency for opinion in kept.one.opinions if opinion.stance == "assists"][:1]
    lead = takers[0] if takers else kept.one.lead
    ruler = acting_for(lead) if kept.one.tier == 1 and lead == kept.one.lead else _chair(play)
    play.consult("rule", at, ruler, lead=lead, cohandlers=helpers, words=play.text("rulings"), precedent=precedent)
    yield from _done(play, at)


def _done(play: Play, at: datetime) -> Scene:
    """Signed for, the parts of the helpers, the work, the check and the end."""
    case, supervisor = play.case, f"supervisor:{play.district}"
    at = play.later(at, 2)
    yield at
    owner = play.owner
    if case.state == "dispatched":
        play.step("sign", at, role="agency", name=owner)
    for helper in case.cohandlers:
        at = play.later(at, 5)
        yield at
        play.step("complete_part", at, role="agency", name=helper, result=play.text("results"))
    at = play.later(at, 4)
    yield at
    play.step("feed_back", at, role="agency", name=owner, result=play.text("results"))
    at = play.later(at, 3)
    yield at
    play.step("check", at, role="supervisor", name=supervisor, passed=True)
    at = play.later(at, 1)
    yield at
    play.step("close", at, role="supervisor", name=supervisor)


def _silent(play: Play, at: datetime) -> Scene:
    """One does not answer: the minutes are written when the time for that is over."""
    yield from _ruled(play, at, silent=1)


def _settled(play: Play, at: datetime) -> Scene:
    """All agree: nobody has to rule."""
    yield from _minuted(play, at)
    minutes = play.meeting.one.minutes
    assert minutes is not None
    at = play.later(minutes.at, 1)
    yield at
    play.consult("settle", at, _chair(play), reason=play.text("settled"))
    yield from _done(play, at)


def _missed(play: Play, at: datetime) -> Scene:
    """Too few are heard in time, so it goes one tier up by itself."""
    everybody = len({*play.meeting.one.invited, *play.others}) if play.meeting.one.tier == 1 else len(play.meeting.one.invited)
    yield from _opinions(play, at, silent=everybody - 1)
    at = play.meeting.one.opinions_due_at + LOOKED
    yield at
    play.go_up(at)


def _second(play: Play, at: datetime) -> Scene:
    """The first tier is missed, the second rules, for all cases of its kind."""
    yield from _missed(play, at)
    yield from _ruled(play, play.meeting.one.convened_at, precedent=True)


def _third(play: Play, at: datetime) -> Scene:
    """The lead hands it on, the second tier is missed, a city leader rules."""
    yield from _minuted(play, at)
    one = play.meeting.one
    assert one.minutes is not None
    at = play.later(one.minutes.at, 1)
    yield at
    play.consult("escalate", at, acting_for(one.lead), reason=play.text("escalated"))
    yield from _missed(play, at)
    yield from _ruled(play, play.meeting.one.convened_at)


def _adjourned(play: Play, at: datetime) -> Scene:
    """Put off once, then as usual."""
    at = play.later(at, 3)
    yield at
    due = play.later(play.meeting.one.opinions_due_at, 16)
    play.consult("adjourn", at, play.centre(), words=play.text("adjourned"), opinions_due_at=due.isoformat())
    yield from _ruled(play, at)


ENDINGS: tuple[Callable[[Play, datetime], Scene], ...] = (_second, _ruled, _third, _settled, _silent, _adjourned)
"""How a consultation on an overdue case goes on, one after the other, from the one that is overdue longest."""
