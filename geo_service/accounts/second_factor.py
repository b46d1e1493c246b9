"""The second factor: time-based one-time codes (RFC 6238; 6 digits, 30 s), one step of clock difference allowed, none used twice."""

from __future__ import annotations

from datetime import datetime

import pyotp

STEP_S = 30
ISSUER = "citygrid"


def new_secret() -> str:
    """A fresh secret, base32."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, *, username: str) -> str:
    """What an authenticator app reads from a picture: an otpauth:// address."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def code_at(secret: str, at: datetime) -> str:
    """The code an authenticator shows at an instant."""
    return pyotp.TOTP(secret).at(at)


def step_of(secret: str, code: str, *, at: datetime, after_step: int) -> int | None:
    """The time step a code belongs to, if it is right now or one step off and later than `after_step`; None otherwise."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_S
    steps = [step for step in (now - 1, now, now + 1) if step > after_step]
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), code.strip())), None)
