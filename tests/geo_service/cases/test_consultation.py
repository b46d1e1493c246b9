"""The three tiers of consultation, their entry, the whistle, and rulings that become rules."""

from datetime import UTC, datetime, timedelta

import pytest

from geo_service.cases import consultation as c
from geo_service.cases.workflow import ENTRIES
from geo_service.errors import ConflictError, DeniedError, RequestError, ServiceError, SetupError

START = datetime(2026, 11, 24, 1, tzinfo=UTC)
DAY = timedelta(days=1)
A, B, C, D = (f"agency:{name}" for name in "abcd")


def first_tier(**changes) -> c.Consultation:
    return c.convene(
        **{
            "case_id": 1,
            "tier": 1,
            "entry": "duty_unclear",
            "lead": A,
            "invited": [B],
            "at": START,
            "opinions_due_at": START + 2 * DAY,
            **changes,
        }
    )


def second_tier() -> c.Consultation:
    below = c.lift(first_tier(), reason="no agreement", at=START + 3 * DAY)
    return c.convene(
        case_id=1, tier=2, entry="red_light", lead=A, invited=[B, C, D], at=START + 3 * DAY, opinions_due_at=START + 5 * DAY, before=below
    )


def heard(one: c.Consultation, *agencies: str) -> c.Consultation:
    for agency in agencies:
        one = c.give_opinion(one, agency=agency, stance="declines", words="not ours", at=one.convened_at + timedelta(hours=1))
    return one


def refused(kind: type[ServiceError], code: str, call, **arguments) -> None:
    with pytest.raises(kind) as error:
        call(**arguments)
    assert error.value.code == code
    assert error.value.text("en")
    assert error.value.text("zh-CN")


def test_entry_rules_are_data_over_facts() -> None:
    assert {rule.code for rule in c.ENTRY_RULES} == set(ENTRIES)
    assert c.entries(c.Facts()) == []
    assert [rule.code for rule in c.entries(c.Facts(returns=2, whistles_unanswered=1, days_open=61, repeats=3))] == [
        "whistle_unanswered",
        "returned_often",
        "long_standing",
    ]
    for tier, days, codes in ((0, 5, ["red_light"]), (1, 14, []), (1, 15, ["red_light"]), (2, 30, ["red_light"]), (3, 99, [])):
        assert [rule.code for rule in c.entries(c.Facts(days_red=days, tier=tier))] == codes
    with pytest.raises(SetupError):
        c.EntryRule("x", "weather", 1, 0, "x", "x")


def test_the_first_agency_leads_and_may_rule_with_the_others_heard() -> None:
    one = heard(first_tier(), A)
    refused(ConflictError, "opinions_open", c.record_minutes, one=one, words="m", attended=[A], at=START + DAY)
    one = c.record_minutes(heard(one, B), words="agreed", attended=[A], at=START + DAY)
    refused(DeniedError, "may_not_rule", c.rule, one=one, lead=B, words="w", by=B, role="agency", at=START + DAY)
    ruled = c.rule(one, lead=B, words="by the duty list", by=A, role="agency", at=START + DAY, cohandlers=[A], precedent=True)
    assert (ruled.state, ruled.ruling.lead, ruled.ended_at) == ("ruled", B, START + DAY)
    for late in (c.give_opinion, c.lift, c.settle, c.record_minutes):
        arguments = {
            c.give_opinion: {"agency": B, "stance": "takes", "words": "x"},
            c.record_minutes: {"words": "x", "attended": [A]},
        }.get(late, {"reason": "x"})
        refused(ConflictError, "consultation_ended", late, one=ruled, at=START + 9 * DAY, **arguments)
    rule = c.proposed_rule(ruled, category="gb47678:matter:06", area="d1", number=7)
    assert (rule.rule_id, rule.lead, rule.cohandlers, rule.source) == ("precedent-7", B, (A,), "会商裁定 2026-11-25 案件 1")


def test_a_ruling_without_precedent_proposes_nothing() -> None:
    one = c.record_minutes(heard(first_tier(), A, B), words="m", attended=[A], at=START + DAY)
    ruled = c.rule(one, lead=B, words="w", by="operator:1", role="operator", at=START + DAY)
    refused(ConflictError, "no_precedent", c.proposed_rule, one=ruled, category="x", area="y", number=1)


def test_silence_does_not_stop_a_joint_consultation_but_shows() -> None:
    one = heard(second_tier(), A, B)
    due = one.opinions_due_at
    assert c.silent(one, due) == ()
    assert c.silent(one, due + DAY) == (C, D)
    refused(ConflictError, "opinions_closed", c.give_opinion, one=one, agency=C, stance="assists", words="late", at=due + DAY)
    assert one.quorum == 3
    assert (c.missed(one, due), c.missed(one, due + DAY), c.missed(heard(one, C), due + DAY)) == (False, True, False)
    refused(ConflictError, "no_quorum", c.record_minutes, one=one, words="m", attended=[A, B, B], at=due + DAY)
    refused(RequestError, "not_invited", c.record_minutes, one=one, words="m", attended=[A, B, "agency:z"], at=due + DAY)
    refused(ConflictError, "no_minutes", c.rule, one=one, lead=C, words="w", by="operator:1", role="operator", at=due + DAY)
    one = c.record_minutes(one, words="m", attended=[A, B, C], at=due + DAY)
    refused(DeniedError, "may_not_rule", c.rule, one=one, lead=C, words="w", by=A, role="agency", at=due + DAY)
    refused(
        RequestError, "owner_among_cohandlers", c.rule, one=one, lead=C, words="w", by="o", role="operator", at=due + DAY, cohandlers=[C]
    )
    refused(ConflictError, "clock_set_back", c.rule, one=one, lead=C, words="w", by="o", role="operator", at=due)
    assert c.rule(one, lead=C, words="w", by="o", role="operator", at=due + DAY).state == "ruled"


def test_it_goes_up_tier_by_tier_and_ends_with_the_city_leader() -> None:
    refused(ConflictError, "opinions_open", c.lift, one=first_tier(), reason="x", at=START + DAY)
    two = second_tier()
    refused(ConflictError, "tier_out_of_order", first_tier, tier=2)
    refused(ConflictError, "tier_out_of_order", first_tier, tier=3, before=c.lift(first_tier(), reason="x", at=START + 3 * DAY))
    refused(ConflictError, "tier_out_of_order", first_tier, tier=3, before=two)
    refused(RequestError, "another_case", first_tier, tier=2, case_id=2, before=c.lift(first_tier(), reason="x", at=START + 3 * DAY))
    three = first_tier(
        tier=3, before=c.lift(two, reason="still none", at=START + 6 * DAY), at=START + 6 * DAY, opinions_due_at=START + 8 * DAY
    )
    refused(ConflictError, "highest_tier", c.lift, one=three, reason="x", at=START + 9 * DAY)
    three = c.record_minutes(three, words="m", attended=[A], at=START + 9 * DAY)
    refused(DeniedError, "may_not_rule", c.rule, one=three, lead=A, words="w", by="operator:1", role="operator", at=START + 9 * DAY)
    assert c.rule(three, lead=A, words="w", by="leader", role="city_leader", at=START + 9 * DAY).ruling.by == "leader"
    assert c.settle(two, reason="they agreed", at=START + 4 * DAY).state == "settled"


def test_what_cannot_be_convened_or_said() -> None:
    refused(RequestError, "unknown_tier", first_tier, tier=4)
    refused(RequestError, "deadline_passed", first_tier, opinions_due_at=START)
    refused(RequestError, "nobody_invited", first_tier, tier=2, invited=[], before=c.lift(first_tier(), reason="x", at=START + 3 * DAY))
    refused(RequestError, "naive_datetime", first_tier, at=START.replace(tzinfo=None))
    one = heard(first_tier(), B)
    refused(DeniedError, "not_invited", c.give_opinion, one=one, agency=C, stance="takes", words="x", at=START + DAY)
    refused(RequestError, "unknown_stance", c.give_opinion, one=one, agency=A, stance="maybe", words="x", at=START + DAY)
    refused(RequestError, "blank", c.give_opinion, one=one, agency=A, stance="takes", words=" ", at=START + DAY)
    refused(ConflictError, "clock_set_back", c.give_opinion, one=one, agency=A, stance="takes", words="x", at=START - DAY)


def test_an_opinion_is_replaced_until_the_deadline_and_the_first_is_kept() -> None:
    one = c.give_opinion(heard(first_tier(), B), agency=B, stance="takes", words="after all", at=START + 2 * DAY, by="desk 1")
    assert [(said.stance, said.by) for said in one.opinions] == [("takes", "desk 1")]
    assert [(said.stance, said.words) for said in one.earlier] == [("declines", "not ours")]
    after = START + 2 * DAY + timedelta(microseconds=1)
    refused(ConflictError, "opinions_closed", c.give_opinion, one=one, agency=B, stance="takes", words="x", at=after)


def test_more_are_invited_before_the_deadline_and_the_quorum_grows() -> None:
    one = c.invite(first_tier(), agencies=[C, B, D], at=START + DAY)
    assert (one.invited, one.quorum) == ((A, B, C, D), 2)
    refused(RequestError, "nobody_new", c.invite, one=one, agencies=[B, C], at=START + DAY)
    refused(ConflictError, "opinions_closed", c.invite, one=one, agencies=["agency:e"], at=START + 3 * DAY)


def test_it_is_put_off_to_a_later_deadline_also_behind_the_old_one() -> None:
    one = first_tier()
    refused(RequestError, "deadline_not_later", c.adjourn, one=one, words="w", opinions_due_at=START + 2 * DAY, at=START + DAY)
    refused(RequestError, "deadline_not_later", c.adjourn, one=one, words="w", opinions_due_at=START + 3 * DAY, at=START + 4 * DAY)
    later = c.adjourn(one, words="B is away", opinions_due_at=START + 6 * DAY, at=START + 4 * DAY)
    assert (later.opinions_due_at, [put_off.words for put_off in later.adjournments]) == (START + 6 * DAY, ["B is away"])
    assert c.give_opinion(later, agency=B, stance="takes", words="x", at=START + 5 * DAY).opinions
    minuted = c.record_minutes(later, words="m", attended=[A], at=START + 7 * DAY)
    refused(ConflictError, "minutes_written", c.adjourn, one=minuted, words="w", opinions_due_at=START + 9 * DAY, at=START + 8 * DAY)


def test_a_tier_that_ruled_in_vain_is_followed_by_the_next() -> None:
    one = c.record_minutes(heard(first_tier(), A, B), words="m", attended=[A], at=START + DAY)
    ruled = c.rule(one, lead=B, words="w", by=A, role="agency", at=START + DAY)
    two = first_tier(tier=2, before=ruled, at=START + 9 * DAY, opinions_due_at=START + 12 * DAY)
    assert (two.tier, two.state) == (2, "open")


def test_why_a_case_is_here_is_said_in_words_with_the_instant_from_which_it_held() -> None:
    history = c.History(
        received_at=START,
        red_from_at=START + DAY,
        returned_at=(START + DAY, START + 2 * DAY),
        unanswered_at=(START + 3 * DAY,),
    )
    rule = {one.code: one for one in reversed(c.ENTRY_RULES)}
    now = START + 70 * DAY
    since = {code: history.since(rule[code]) for code in ("whistle_unanswered", "returned_often", "red_light")}
    assert since == {"whistle_unanswered": START + 3 * DAY, "returned_often": START + 2 * DAY, "red_light": START + 6 * DAY}
    assert history.since(next(one for one in c.ENTRY_RULES if one.measure == "days_open")) == START + 60 * DAY
    told = c.why(rule["returned_often"], history, now=now, version=3)
    assert (told["value"], told["least"], told["rules_version"]) == (2.0, 2, 3)
    assert told["en"] == "returned too often: returned 2 times; the rule asks for 2 or more"
    assert told["zh"] == "多次退单：退单 2 次；规则要求不少于 2"
    assert history.facts(START + DAY).returns == 1  # what happened later does not count
    frozen = c.History(received_at=START, red_from_at=START + DAY, frozen_at=START + 2 * DAY)
    assert frozen.facts(now).days_red == 1.0  # a clock that stands still gets no redder


def test_matters_are_alike_by_category_then_agencies_then_place() -> None:
    def matter(category: str | None, *agencies: str, **areas: str) -> c.Matter:
        return c.Matter(category, areas, frozenset(agencies))

    new = matter("gb47678:matter:06010", A, district="d1", street="s1")
    alike = [
        c.likeness(new, old, finest_first=["street", "district"])
        for old in (
            matter("gb47678:matter:06010", A, district="d1", street="s2"),
            matter("gb47678:matter:06010", district="d2"),
            matter("gb47678:matter:06011", A, B, district="d1", street="s1"),
            matter("gb47678:matter:07001", district="d1"),
            matter("gb47678:component:06010", district="d1"),
            matter("social:matter:06010", A, district="d1"),
            matter(None, A),
        )
    ]
    assert [one.category for one in alike] == [4, 4, 3, 2, 1, 0, 0]
    assert [one.score for one in alike] == sorted((one.score for one in alike), reverse=True)
    assert (alike[0].level, alike[0].agencies, alike[2].level) == ("district", (A,), "street")
    assert alike[0].text("en") == "the same category; in the same district; both about agency:a"
    assert "同一小类" in alike[0].text("zh-CN")


def whistle() -> c.Whistle:
    return c.blow(street="post:street", agencies=[A, B, C, A], about="gas smell", at=START, due_at=START + timedelta(hours=2), case_id=1)


def test_agencies_report_in_and_the_street_rates_them() -> None:
    one = c.report_in(whistle(), agency=A, at=START + timedelta(hours=1))
    one = c.report_in(one, agency=B, at=START + timedelta(hours=3))
    now = START + timedelta(hours=4)
    assert [c.standing_of(one, agency, now) for agency in one.agencies] == ["in_time", "late", "absent"]
    assert c.unanswered(one, now) == (B, C)
    assert c.standing_of(one, C, START + timedelta(hours=2)) == "waiting"
    over = c.end_waiting(one, now)
    assert (over.over_at, over.absent) == (START + timedelta(hours=2), (B, C))  # B came, but not by then
    assert c.end_waiting(over, now + DAY) == over
    assert c.end_waiting(one, one.due_at) == one
    rated = c.rate(one, by="post:street", agency=A, stars=5, words="quick", at=now)
    assert rated.ratings[0].stars == 5
    refused(ConflictError, "rated_already", c.rate, one=rated, by="post:street", agency=A, stars=1, words="", at=now)
    refused(DeniedError, "not_the_street", c.rate, one=one, by=A, agency=A, stars=5, words="", at=now)
    refused(RequestError, "bad_stars", c.rate, one=one, by="post:street", agency=C, stars=0, words="", at=now)
    refused(
        ConflictError, "still_waiting", c.rate, one=whistle(), by="post:street", agency=C, stars=1, words="", at=START + timedelta(hours=1)
    )
    refused(ConflictError, "reported_already", c.report_in, one=one, agency=A, at=now)
    refused(DeniedError, "not_called", c.report_in, one=one, agency=D, at=now)
    refused(ConflictError, "clock_set_back", c.report_in, one=one, agency=C, at=START - DAY)


@pytest.mark.parametrize("wrong", [{"agencies": []}, {"agencies": ["post:street"]}, {"about": " "}, {"due_at": START}])
def test_whistles_that_cannot_be_blown(wrong) -> None:
    with pytest.raises(RequestError) as refused_:
        c.blow(**{"street": "post:street", "agencies": [A], "about": "x", "at": START, "due_at": START + DAY, **wrong})
    assert refused_.value.code == "bad_whistle"
