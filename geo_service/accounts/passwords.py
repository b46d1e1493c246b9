"""Passwords: argon2id hashes with the library's parameters, and what a password must be."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo_service.errors import RequestError

SHORTEST, LONGEST = 10, 128

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("no account has this hash")


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and salt in it."""
    return _HASHER.hash(_normal(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one. None (no such account) takes as long and is never true."""
    try:
        _HASHER.verify(stored or _NOBODY, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with parameters that are no longer the library's."""
    return _HASHER.check_needs_rehash(stored)


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
