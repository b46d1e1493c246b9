"""For whom somebody speaks, and in which of their roles they act: an agency for itself, the centre for whoever it enters it for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from geo_service.accounts import DEMO_OPERATOR, Actor
from geo_service.accounts.policy import grants_of, voices_of
from geo_service.cases.workflow import TABLE
from geo_service.errors import DeniedError, RequestError
from geo_service.workers.repository import owner_exists

CENTRE = ("operator", "supervisor")


@dataclass(frozen=True)
class Speaker:
    """Whoever acts. roles: all they hold; voices: the agencies and posts in whose name they act; name: of the log, for the centre."""

    name: str
    roles: tuple[str, ...]
    voices: tuple[str, ...]

    @property
    def centre(self) -> bool:
        """Whether they sit in the dispatch centre and may enter what others say."""
        return any(role in CENTRE for role in self.roles)

    def called(self, role: str) -> str:
        """How the log names them in a role: the centre by name, the field by whom they act for."""
        return self.name if role in (*CENTRE, "city_leader") or not self.voices else self.voices[0]


def speaker(actor: Actor) -> Speaker:
    """Whom an actor speaks for. The demonstration's operator also stands in for a city leader, so that the third tier can be shown."""
    grants = grants_of(actor)
    roles = [grant.role for grant in grants] + (["city_leader"] if actor == DEMO_OPERATOR else [])
    return Speaker(actor.name, tuple(dict.fromkeys(roles)), voices_of(actor))


def role_for(event: str, who: Speaker) -> str:
    """The role in which somebody does this to a case: the first of theirs to which the workflow opens it, else their first."""
    may = {role for row in TABLE if row.event == event for role in row.roles} - {"system"}
    return next((role for role in who.roles if role in may), who.roles[0])


def voice_for(who: Speaker, said: str | None, among: Collection[str], *, field: str) -> tuple[str, str]:
    """(in whose name, who enters it): the party itself, or the centre for a party that it names.

    DeniedError for a party that is not theirs. RequestError where the centre names nobody, or where it is not clear which of theirs.
    """
    if said is not None and said in who.voices:
        return said, said
    if said is not None:
        if not who.centre:
            raise DeniedError("not_your_voice", en="you do not act for {party}", zh="您不能代表 {party}", party=said)
        return said, who.name
    mine = [one for one in who.voices if one in among] or list(who.voices)
    if len(mine) != 1:
        raise RequestError("say_for_whom", en="say for whom: {field}", zh="须说明代表哪个单位：{field}", field=field)
    return mine[0], mine[0]


def must_lead(who: Speaker, lead: str, *more: str) -> str:
    """The name in the log of whoever runs a consultation: its lead, the centre, or one of `more` roles. DeniedError for others."""
    if who.centre:
        return who.name
    if lead in who.voices:
        return lead
    if any(role in more for role in who.roles):
        return who.name
    raise DeniedError(
        "not_the_lead", en="{lead} leads this consultation, or the centre does it", zh="该操作由牵头单位 {lead} 或调度中心进行", lead=lead
    )


def must_exist(connection: Connection, parties: Iterable[str], *, field: str) -> None:
    """RequestError for an agency or post that does not exist."""
    for party in parties:
        if not owner_exists(connection, party):
            raise RequestError("unknown_owner", en="there is no {owner}", zh="没有责任单位或岗位 {owner}", owner=party[:80], field=field)
