"""Who leads, and why; and the proof, equal to asking leaf by leaf, category by category, day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.catalogue import categories
from geo_service.errors import RequestError
from geo_service.responsibility import Places, Rule, category_path, prove, resolve, starter_rules

DAY = date(2026, 11, 24)
PARENTS = {"city": None, "d1": "city", "d2": "city", "s1": "d1", "s2": "d1", "g1": "s1", "g2": "s1", "g3": "s2", "g4": "d2"}
PLACES = Places(PARENTS, ("g1", "g2", "g3", "g4"))
KEYS = ("a:matter:0101", "a:matter:0102", "a:matter:0201", "a:component:0101", "b:matter:8001")


def test_the_most_specific_rule_decides_and_says_why() -> None:
    rules = [
        Rule("all", "*", "*", "post:street_office"),
        Rule("city", "a:matter:01", "city", "agency:c", source="duty list 3"),
        Rule("district", "a:matter:01", "d1", "agency:d", ("post:grid_worker",)),
        Rule("winter", "a:matter:01", "d1", "agency:w", season=((11, 1), (3, 31))),
    ]
    found = resolve(rules, "a:matter:0101", ("g1", "s1", "d1", "city"), DAY)
    assert (found.verdict, found.lead, [rule.rule_id for rule in found.alternatives]) == ("one", "agency:w", ["district", "city", "all"])
    assert "winter" in found.text("en")
    assert "11 月 1 日" in found.text("zh-CN")
    summer = resolve(rules, "a:matter:0101", ("g1", "s1", "d1", "city"), date(2026, 7, 1))
    assert (summer.lead, summer.cohandlers) == ("agency:d", ("post:grid_worker",))
    elsewhere = resolve(rules, "a:matter:0101", ("g4", "d2", "city"), DAY)
    assert (elsewhere.lead, "duty list 3" in elsewhere.en) == ("agency:c", True)
    assert resolve(rules, "b:matter:8001", ("g4", "d2", "city"), DAY).lead == "post:street_office"


def test_a_category_decides_before_an_area_and_priority_before_both() -> None:
    rules = [Rule("narrow", "*", "g1", "agency:x"), Rule("matter", "a:matter:0101", "*", "agency:y")]
    chain = ("g1", "s1", "d1", "city")
    assert resolve(rules, "a:matter:0101", chain, DAY).lead == "agency:y"
    assert resolve([*rules, Rule("first", "*", "*", "agency:z", priority=1)], "a:matter:0101", chain, DAY).lead == "agency:z"


def test_gaps_and_double_claims_are_said_not_guessed() -> None:
    chain = ("g1", "s1", "d1", "city")
    assert resolve([], "a:matter:0101", chain, DAY).verdict == "gap"
    twins = [Rule("r1", "a:matter", "d1", "agency:x"), Rule("r2", "a:matter", "d1", "agency:y")]
    found = resolve(twins, "a:matter:0101", chain, DAY)
    assert (found.verdict, found.lead, "r1, r2" in found.en) == ("double", None, True)
    same = [Rule("r2", "a:matter", "d1", "agency:x"), Rule("r1", "a:matter", "d1", "agency:x", ("post:grid_worker",))]
    assert resolve(same, "a:matter:0101", chain, DAY).rule.rule_id == "r1"
    ended = [
        Rule("old", "*", "*", "agency:x", until_on=DAY - timedelta(days=1)),
        Rule("new", "*", "*", "agency:y", from_on=DAY + timedelta(days=1)),
    ]
    assert resolve(ended, "a:matter:0101", chain, DAY).verdict == "gap"


def test_the_path_of_a_category() -> None:
    assert category_path("gb:matter:06010") == ("gb:matter:06010", "gb:matter:06", "gb:matter", "gb", "*")
    assert category_path("gb:matter:06") == ("gb:matter:06", "gb:matter", "gb", "*")


def test_findings_name_subtrees() -> None:
    rules = [
        Rule("a", "a", "city", "agency:x"),
        Rule("b", "b", "d2", "agency:y"),
        Rule("c1", "a:matter:01", "s1", "agency:p"),
        Rule("c2", "a:matter:01", "s1", "agency:q"),
        Rule("lost", "z", "city", "agency:x"),
        Rule("gone", "a", "nowhere", "agency:x"),
    ]
    proof = prove(rules, KEYS, PLACES, on=DAY)
    assert [(one.category, one.area, one.pairs) for one in proof.gaps] == [("b", "d1", 3)]
    assert [(one.category, one.area, one.rules, one.leads) for one in proof.double_claims] == [
        ("a:matter:01", "s1", ("c2", "c1"), ("agency:q", "agency:p"))
    ]
    assert (proof.gap_pairs, proof.double_pairs, proof.complete, proof.strangers) == (3, 4, False, ("lost", "gone"))
    said = proof.as_json()
    assert (said["leaves"], said["categories"], len(said["gaps"]), len(said["double_claims"])) == (4, 5, 1, 1)


def test_a_gap_of_one_season_is_found() -> None:
    winter = Rule("w", "*", "*", "agency:x", season=((11, 1), (3, 31)))
    proof = prove([winter], KEYS, PLACES, on=date(2026, 1, 1), days=365)
    assert [(one.category, one.area, one.first_on, one.last_on) for one in proof.gaps] == [("*", "*", date(2026, 4, 1), date(2026, 10, 31))]
    assert proof.spans == 3


NODES = sorted({name for key in KEYS for name in category_path(key)})
LEADS = st.sampled_from(["agency:x", "agency:y", "post:grid_worker"])
SEASONS = st.sampled_from([None, None, ((11, 1), (3, 31)), ((4, 1), (6, 30))])
DAYS = st.none() | st.integers(0, 80).map(lambda n: DAY + timedelta(days=n))


@st.composite
def rules(draw, number: int) -> Rule:
    first, last = sorted([draw(DAYS), draw(DAYS)], key=lambda day: day or date.min)
    first, last = (first, last) if last is None or first is not None else (None, last)
    area = draw(st.sampled_from([*PARENTS, "*"]))
    return Rule(f"r{number}", draw(st.sampled_from(NODES)), area, draw(LEADS), (), draw(st.integers(0, 1)), first, last, draw(SEASONS))


@settings(max_examples=120)
@given(st.integers(0, 9).flatmap(lambda n: st.tuples(*(rules(i) for i in range(n)))))
def test_the_proof_is_what_asking_for_everything_finds(drawn) -> None:
    days = 100
    proof = prove(drawn, KEYS, PLACES, on=DAY, days=days)
    expected = {}
    for number in range(days):
        day = DAY + timedelta(days=number)
        for key in KEYS:
            for leaf in PLACES.leaves:
                expected[key, leaf, day] = resolve(drawn, key, PLACES.chain(leaf), day).verdict
    found = dict.fromkeys(expected, "one")
    for verdict, findings in (("gap", proof.gaps), ("double", proof.double_claims)):
        for one in findings:
            keys = [key for key in KEYS if one.category in category_path(key)]
            leaves = [leaf for leaf in PLACES.leaves if one.area in PLACES.chain(leaf)]
            assert len(keys) * len(leaves) == one.pairs
            for number in range((one.last_on - one.first_on).days + 1):
                for key in keys:
                    for leaf in leaves:
                        assert found[key, leaf, one.first_on + timedelta(days=number)] == "one", "found twice"
                        found[key, leaf, one.first_on + timedelta(days=number)] = verdict
    assert found == expected
    assert proof.complete == (set(expected.values()) <= {"one"})


def city(streets: int = 9, communities: int = 4, grids: int = 6, micro: int = 10) -> Places:
    parents: dict[str, str | None] = {"c": None}
    leaves = []
    for d in range(5):
        parents[f"d{d}"] = "c"
        for s in range(streets):
            parents[f"d{d}s{s}"] = f"d{d}"
            for m in range(communities):
                parents[f"d{d}s{s}m{m}"] = f"d{d}s{s}"
                for g in range(grids):
                    parents[f"d{d}s{s}m{m}g{g}"] = f"d{d}s{s}m{m}"
                    for n in range(micro):
                        leaf = f"d{d}s{s}m{m}g{g}n{n}"
                        parents[leaf] = f"d{d}s{s}m{m}g{g}"
                        leaves.append(leaf)
    return Places(parents, tuple(leaves))


def test_the_starter_matrix_leaves_nothing_out() -> None:
    bureaus = ("urban_management", "housing", "police", "emergency", "civil_affairs", "human_resources")
    codes = [f"d{d}-{b}" for d in range(5) for b in bureaus] + [
        f"c-{b}" for b in (*bureaus, "justice", "fire", "transport", "heating", "ecology")
    ]
    starter = starter_rules([*codes, "firm-001"], city="c", districts=[f"d{d}" for d in range(5)])
    places = city()
    proof = prove(starter, categories(), places, on=DAY)
    assert (proof.leaves, proof.categories, proof.complete, proof.strangers) == (10_800, len(categories()), True, ())
    assert resolve(starter, "gb47678:matter:06010", places.chain("d3s0m0g0n0"), DAY).lead == "agency:d3-urban_management"
    assert resolve(starter, "social:matter:80001", places.chain("d3s0m0g0n0"), DAY).lead == "agency:c-justice"
    assert resolve(starter, "gb47678:matter:09009", places.chain("d3s0m0g0n0"), DAY).lead == "agency:d3-urban_management"
    assert resolve(starter, "social:matter:84002", places.chain("d3s0m0g0n0"), DAY).lead == "agency:c-heating"
    assert resolve(starter, "social:matter:84002", places.chain("d3s0m0g0n0"), date(2026, 7, 1)).lead == "agency:d3-housing"


def test_a_large_matrix_is_proven_with_every_gap() -> None:
    """A rule for each community and major, one left out: exactly that gap, in classes and not leaf by leaf."""
    places = city()
    communities = [code for code in places.parents if "m" in code and "g" not in code]
    majors = sorted({category_path(key)[1] for key in categories()})
    matrix = [Rule(f"{area}/{major}", major, area, f"agency:{area}") for area in communities for major in majors]
    left_out = matrix.pop(1234)
    proof = prove(matrix, categories(), places, on=DAY)
    assert [(one.category, one.area) for one in proof.gaps] == [(left_out.category, left_out.area)]
    assert proof.double_claims == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule_id": " "},
        {"category": "a:b:c:d"},
        {"category": "a b"},
        {"lead": "north"},
        {"cohandlers": ("agency:x",)},
        {"from_on": DAY, "until_on": DAY - timedelta(days=1)},
        {"season": ((2, 30), (3, 1))},
    ],
)
def test_rules_that_cannot_be_are_refused(wrong) -> None:
    with pytest.raises(RequestError) as refused:
        Rule(**{"rule_id": "r", "category": "*", "area": "*", "lead": "agency:x", **wrong})
    assert refused.value.code == "bad_rule"


@pytest.mark.parametrize(("parents", "leaves"), [({"a": "b", "b": "a"}, ("a",)), ({"a": "x"}, ("a",)), ({"a": None, "b": "a"}, ("a", "b"))])
def test_areas_that_are_no_tree_are_refused(parents, leaves) -> None:
    with pytest.raises(RequestError):
        Places(parents, leaves)
