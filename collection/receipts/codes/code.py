"""A customer's one-time code: five random digits and one that tells a slip of the finger."""

import hashlib
from uuid import UUID

RANDOM_DIGITS = 5
MISSING, WRONG, CONFIRMED = "code_missing", "code_wrong", "code_confirmed"
"""Flags of cash receipts where the branch asks for a code."""


def with_check_digit(digits: str) -> str:
    """The digits with Luhn's check digit behind them (ISO/IEC 7812-1, annex B): one wrong digit is
    noticed always, two that changed places nearly always, without asking anybody."""
    return digits + str(-_luhn(digits + "0") % 10)


def is_well_formed(code: str) -> bool:
    """Whether a code can be one of ours: its check digit fits."""
    is_digits = code.isascii() and code.isdecimal()
    return len(code) == RANDOM_DIGITS + 1 and is_digits and _luhn(code) % 10 == 0


def hash_code(case_id: UUID, code: str) -> bytes:
    """What is kept of a code. It hides nothing from who reads the table, which agents cannot."""
    return hashlib.sha256(case_id.bytes + code.encode()).digest()


def _luhn(digits: str) -> int:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled)
