"""Passwords: argon2id hashes with the library's parameters, and what a password must be."""

from __future__ import annotations

import unicodedata

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo_service.errors import RequestError

SHORTEST, LONGEST = 10, 128

_hasher = PasswordHasher()
_nobody = _hasher.hash("no account has this hash")


def use_cost(parameters: Parameters) -> None:
    """From now on hashes cost what the parameters say: less for tests, more for a machine that can bear it."""
    global _hasher, _nobody
    _hasher = PasswordHasher.from_parameters(parameters)
    _nobody = _hasher.hash("no account has this hash")


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt in it."""
    return _hasher.hash(_normal(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one. None (no such account) takes as long and is never true."""
    try:
        _hasher.verify(stored or _nobody, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with parameters that are no longer the library's."""
    return _hasher.check_needs_rehash(stored)


def require_strong(password: str, *, username: str) -> None:
    """RequestError (weak_password) for one that is too short, too long, of few different characters or holds the user's name."""
    text = _normal(password)
    holds_name = len(username) >= 3 and username.casefold() in text.casefold()
    if SHORTEST <= len(text) <= LONGEST and len(set(text)) >= 5 and not holds_name:
        return
    raise RequestError(
        "weak_password",
        en="a password has {shortest} to {longest} characters, at least 5 different ones, and not the user name in it",
        zh="密码须为 {shortest} 至 {longest} 个字符，至少含 5 个不同字符，且不得包含用户名",
        shortest=SHORTEST,
        longest=LONGEST,
        field="password",
    )


def _normal(password: str) -> str:
    """One form for characters that keyboards write differently (NFKC), as NIST SP 800-63B asks for."""
    return unicodedata.normalize("NFKC", password)
