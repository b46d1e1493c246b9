"""Passwords and second factors."""

import datetime as dt

import pyotp
import pytest
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from geo_service.accounts.passwords import hash_password, is_outdated, matches, require_strong, use_cost
from geo_service.accounts.second_factor import code_at, enrolment_uri, new_secret, step_of
from geo_service.errors import RequestError

AT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)


def test_a_password_matches_its_hash_and_no_other() -> None:
    stored = hash_password("天山路十二号 door")
    assert stored.startswith("$argon2id$")
    assert matches("天山路十二号 door", stored)
    assert not matches("天山路十二号 Door", stored)
    assert not matches("anything", None)
    assert not matches("anything", "not a hash")
    assert not is_outdated(stored)


def test_a_hash_of_another_cost_is_made_anew() -> None:
    stored = hash_password("天山路十二号 door")
    use_cost(RFC_9106_LOW_MEMORY)
    try:
        assert is_outdated(stored)
        assert matches("天山路十二号 door", stored)
        assert "m=65536,t=3,p=4" in hash_password("天山路十二号 door")
    finally:
        use_cost(CHEAPEST)


def test_the_same_password_typed_on_another_keyboard_matches() -> None:
    assert matches("ｆｕｌｌ-width-1", hash_password("full-width-1"))  # full-width letters, as some input methods give them


@pytest.mark.parametrize("password", ["short1!", "aaaaaaaaaaaa", "x" * 129, "wang.li-2026!", "          "])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(RequestError) as refused:
        require_strong(password, username="wang.li")
    assert refused.value.code == "weak_password"


def test_a_strong_password_passes() -> None:
    require_strong("correct horse battery", username="wang.li")


def test_a_code_counts_for_a_step_on_either_side_and_only_once() -> None:
    secret = new_secret()
    now = int(AT.timestamp()) // 30
    for steps in (-1, 0, 1):
        assert step_of(secret, code_at(secret, AT + dt.timedelta(seconds=30 * steps)), at=AT, after_step=0) == now + steps
    for steps in (-3, 3):
        assert step_of(secret, code_at(secret, AT + dt.timedelta(seconds=30 * steps)), at=AT, after_step=0) is None
    assert step_of(secret, code_at(secret, AT), at=AT, after_step=now) is None
    for nonsense in ("", "000000x", "１２３４５６", "12345"):
        assert step_of(secret, nonsense, at=AT, after_step=0) is None


def test_an_authenticator_reads_the_address() -> None:
    secret = new_secret()
    read = pyotp.parse_uri(enrolment_uri(secret, username="wang.li"))
    assert isinstance(read, pyotp.TOTP)
    assert read.at(AT) == code_at(secret, AT)
    assert read.issuer == "citygrid"
