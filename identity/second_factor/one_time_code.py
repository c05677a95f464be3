"""Codes of an authenticator app, by time (RFC 6238): six digits, a new one every 30 seconds."""

import hmac
from datetime import datetime

import pyotp

STEP_S = 30
SLACK_STEPS = 1
"""A phone's clock may be so many steps off, either way."""


def setup_link(secret: str, username: str, issuer: str) -> str:
    """The ``otpauth://`` link that an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def step_of(secret: str, code: str, after_step: int, now: datetime) -> int | None:
    """The time step that a code is of; None when it is wrong or of no step behind `after_step`.

    Whoever keeps the step that was used makes sure that no code serves twice.
    """
    present = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in range(present - SLACK_STEPS, present + SLACK_STEPS + 1):
        right = totp.at(step * STEP_S)
        if step > after_step and hmac.compare_digest(right.encode(), code.encode()):
            return step
    return None
