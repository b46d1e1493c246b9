"""By what is judged: small numbers, weights and stars are data, and bad data is refused by name."""

from copy import deepcopy
from typing import Any

import pytest

from geo_service.cases.rates import RATES
from geo_service.cases.yardstick import shipped_yardstick, yardstick_from
from geo_service.errors import RequestError

ROW: dict[str, Any] = {
    "small": 4,
    "small_households": 10,
    "small_people": 30,
    "small_workers": 1,
    "workers": {"": ["grid_worker"], "micro_grid": ["micro_grid_leader"]},
    "stars": {"weights": {"closed": 3, "overdue": 1}, "from": [0, 0.25, 0.5, 0.75, 0.9], "least_weight": 0.6},
}


def counts(**known: int) -> dict[str, int]:
    names = {name for rate in RATES.values() for name in (rate.numerator, rate.denominator)}
    return {**dict.fromkeys(names, 0), **known}


def test_a_rate_over_too_few_cases_is_withheld_and_says_why() -> None:
    yardstick = yardstick_from(ROW)
    assert yardstick.value(counts(filed=3, closed=3), "closed") == (None, "few_cases")
    assert yardstick.value(counts(), "closed") == (None, "no_cases")
    assert yardstick.value(counts(filed=4, closed=3), "closed") == (0.75, None)


def test_the_score_is_the_weighted_mean_of_what_is_told() -> None:
    yardstick = yardstick_from(ROW)
    assert yardstick.score(counts(filed=4, closed=2, handling_due=4, overdue=1)) == pytest.approx((3 * 0.5 + 0.75) / 4)
    assert yardstick.score(counts(filed=4, closed=2)) == pytest.approx(0.5)  # three quarters of the weights are told
    assert yardstick.score(counts(handling_due=4, overdue=0)) is None  # one quarter is not enough


@pytest.mark.parametrize(("score", "stars"), [(0.0, 1), (0.2499, 1), (0.25, 2), (0.5, 3), (0.75, 4), (0.9, 5), (1.0, 5), (None, None)])
def test_stars_begin_at_the_thresholds(score: float | None, stars: int | None) -> None:
    assert yardstick_from(ROW).stars(score) == stars


def test_levels_have_their_own_workers() -> None:
    yardstick = yardstick_from(ROW)
    assert yardstick.roles("micro_grid") == ("micro_grid_leader",)
    assert yardstick.roles("street") == ("grid_worker",)


def test_it_is_written_as_it_is_read() -> None:
    assert yardstick_from(shipped_yardstick().row()) == shipped_yardstick()


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("small",), None, "int"),
        (("small",), -1, "small"),
        (("workers",), {"grid": []}, "workers"),
        (("stars", "weights"), {}, "weights"),
        (("stars", "weights"), {"luck": 1}, "weights"),
        (("stars", "weights"), {"closed": 0}, "weights"),
        (("stars", "weights"), {"closed": float("nan")}, "weights"),
        (("stars", "from"), [0, 1], "from"),
        (("stars", "from"), [0, 0.5, 0.4, 0.8, 0.9], "from"),
        (("stars", "least_weight"), 2, "least_weight"),
        (("stars",), [], "list"),
    ],
)
def test_a_yardstick_that_cannot_be_is_refused(path: tuple[str, ...], value: Any, field: str) -> None:
    row = deepcopy(ROW)
    inner = row
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(RequestError) as refused:
        yardstick_from(row)
    assert refused.value.code == "bad_yardstick"
    assert field in refused.value.text("en")


def test_an_empty_one_names_what_is_missing() -> None:
    with pytest.raises(RequestError, match="stars"):
        yardstick_from({})
