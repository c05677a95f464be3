"""What happens at a customer's door: drawn at random, but as it would in the field."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

NOTES = (20_000, 10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
"""Chile's notes and coins in pesos, which have no cents."""

OUTCOMES = (("pays", 0.62), ("promised", 0.13), ("not_home", 0.15), ("refused", 0.10))
MODES = (("cash", 0.78), ("transfer", 0.15), ("card", 0.07))
INSTALLMENTS = (("one", 0.52), ("part", 0.18), ("several", 0.30))


@dataclass(frozen=True, slots=True)
class Due:
    """What the customer owes, in minor units: an installment, what is overdue, and all of it."""

    installment_minor: int
    overdue_minor: int
    outstanding_minor: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that the customer offers. Cash has no reference."""

    amount_minor: int
    mode: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """A promise to pay by the end of a day."""

    amount_minor: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Encounter:
    """What comes of a visit; `outcome` is what the check-out says, `stay_s` how long it takes."""

    outcome: str
    stay_s: float
    payment: Payment | None = None
    word: Word | None = None


def encounter(due: Due, service_s: float, today: date, rng: np.random.Generator) -> Encounter:
    """Draw what happens. Nobody answers an empty door for ten minutes: those visits are short."""
    what = drawn(OUTCOMES, rng)
    if what == "not_home":
        return Encounter("not_home", float(rng.uniform(150, 300)))
    stay_s = service_s * float(rng.uniform(0.6, 1.3))
    if what == "refused":
        return Encounter("refused", max(180.0, stay_s * 0.6))
    if what == "promised" or due.outstanding_minor <= 0:
        return Encounter("promised", stay_s, word=_word(due, today, rng))
    amount_minor = _amount(due, rng)
    paid = "paid" if amount_minor >= min(due.installment_minor, due.overdue_minor) else "part_paid"
    mode = drawn(MODES, rng)
    payment = Payment(amount_minor, mode, _reference(mode, rng))
    word = None
    if paid == "part_paid" and rng.random() < 0.6:
        left = replace(due, outstanding_minor=due.outstanding_minor - amount_minor)
        word = _word(left, today, rng)
    return Encounter(paid, stay_s, payment, word)


def without_cash(wanted: Encounter, due: Due, today: date, rng: np.random.Generator) -> Encounter:
    """The same visit when the agent may not take the cash: a transfer, else a promise."""
    assert wanted.payment is not None
    if rng.random() < 0.6:
        by_transfer = Payment(wanted.payment.amount_minor, "transfer", _reference("transfer", rng))
        return replace(wanted, payment=by_transfer)
    return Encounter("promised", wanted.stay_s, word=_word(due, today, rng))


def notes_of(amount_minor: int) -> list[tuple[int, int]]:
    """(face, count) of the fewest notes and coins that make an amount."""
    counted = []
    for face in NOTES:
        count, amount_minor = divmod(amount_minor, face)
        if count:
            counted.append((face, count))
    assert amount_minor == 0, "amounts are whole tens of pesos"
    return counted


def _amount(due: Due, rng: np.random.Generator) -> int:
    """An installment, a part of one or several; in whole tens, and never more than is owed."""
    installment = min(due.installment_minor, due.outstanding_minor)
    match drawn(INSTALLMENTS, rng):
        case "part":
            wanted = round(installment * float(rng.uniform(0.3, 0.8))) // 1000 * 1000
        case "several":
            wanted = max(installment, due.overdue_minor)
        case _:
            wanted = installment
    wanted = min(max(wanted, 1_000), due.outstanding_minor)
    return max(wanted // 10 * 10, 10)


def _word(due: Due, today: date, rng: np.random.Generator) -> Word | None:
    amount_minor = min(due.installment_minor, due.outstanding_minor)
    if amount_minor <= 0:
        return None
    return Word(amount_minor, today + timedelta(days=int(rng.integers(1, 8))))


def _reference(mode: str, rng: np.random.Generator) -> str | None:
    if mode == "cash":
        return None
    digits = 6 if mode == "card" else 12
    return "".join(str(digit) for digit in rng.integers(0, 10, digits))


def drawn(choices: Sequence[tuple[str, float]], rng: np.random.Generator) -> str:
    """One of some words, each with its share."""
    names, shares = zip(*choices, strict=True)
    return str(rng.choice(names, p=shares))
