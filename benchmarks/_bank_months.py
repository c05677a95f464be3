"""A month of deposits, and the bank's statement of it, with all that goes wrong on the way.

The truth is made first: which line belongs to which deposits. Deposits are in branches' slip books
(numbers next to each other), many of one amount; the bank books late, keeps references whole, in
its text, cut, with characters swapped, or not at all; it adds deposits up, takes them apart,
charges for them and takes them back; strangers pay in, and some deposits never arrive.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from collection.reconciliation.matching.problem import (
    Claims,
    Lines,
    Problem,
    banking_days,
)

FIRST = date(2026, 10, 26)
WORKDAYS, BRANCHES = 26, 40
NAMES = (
    "RAVI KUMAR", "ASHA VERMA", "MEERA JOSHI", "SOFIA ROJAS", "DIEGO SOTO", "ANITA RAO",
    "SUNIL DAS", "PRIYA NAIR", "JOSE TAPIA", "LUIS VEGA", "KAVYA IYER", "OMAR KHAN",
)  # fmt: skip

WHOLE, IN_TEXT, CUT, SWAPPED, MISSING = "whole", "in text", "cut", "swapped", "missing"
REFERENCE_SHARES = {WHOLE: 0.62, IN_TEXT: 0.25, CUT: 0.04, SWAPPED: 0.03, MISSING: 0.06}
SUMMED, TAKEN_APART, CHARGED, NEVER, REVERSED = 0.02, 0.02, 0.015, 0.02, 0.01
STRANGERS, BANK_CHARGES = 0.03, 0.01
TWINS, FROM_A_WALLET = 0.08, 0.15


@dataclass(frozen=True)
class Deposit:
    """One that was made: by whom, where, when, and its slip's number."""

    amount_minor: int
    day: int
    agent: int
    branch: int
    reference: str
    name: str
    from_a_wallet: bool


@dataclass
class Booking:
    """A line of the bank, and what it is about in truth: deposits, or the line it takes back."""

    day: int
    valued: int
    amount_minor: int
    reference: str = ""
    text: str = ""
    is_reversal: bool = False
    deposits: tuple[int, ...] = ()
    takes_back: "Booking | None" = None


@dataclass(frozen=True)
class Month:
    """What is to be matched, and the truth: the deposits of each line, and the lines that take
    another back."""

    problem: Problem
    deposits: Sequence[Deposit]
    truth: Sequence[frozenset[int]]
    taken_back: dict[int, int]

    @cached_property
    def lines_of(self) -> dict[int, set[int]]:
        """The lines that each deposit came in."""
        found: dict[int, set[int]] = {}
        for line, deposits in enumerate(self.truth):
            for deposit in deposits:
                found.setdefault(deposit, set()).add(line)
        return found


@dataclass
class _Bank:
    """Books deposits with its habits; `closed` days move to the next open one."""

    rng: np.random.Generator
    closed: set[int]
    bookings: list[Booking] = field(default_factory=list)

    def open_day(self, day: int) -> int:
        while day in self.closed:
            day += 1
        return day

    def book(
        self, deposit: Deposit, which: tuple[int, ...], amount_minor: int, *, late: int = 0
    ) -> Booking:
        """Book an amount for a deposit, on one of the days after it, as the bank likes."""
        day = self.open_day(deposit.day)
        for _ in range(int(self.rng.choice(4, p=[0.55, 0.33, 0.1, 0.02])) + late):
            day = self.open_day(day + 1)
        value_moves = int(self.rng.choice(3, p=[0.8, 0.12, 0.08]))
        valued = self.open_day(day + 1) if value_moves == 1 else day - (value_moves == 2)
        how = str(self.rng.choice(list(REFERENCE_SHARES), p=list(REFERENCE_SHARES.values())))
        reference, text = self.said(deposit, how)
        one = Booking(day, valued, amount_minor, reference, text, deposits=which)
        self.bookings.append(one)
        return one

    def said(self, deposit: Deposit, how: str) -> tuple[str, str]:
        """The reference field and the text of a line."""
        number = deposit.reference
        if how == CUT:
            left = int(self.rng.integers(5, max(6, len(number))))
            number = number[:left] if self.rng.random() < 0.6 else number[-left:]
        elif how == SWAPPED:
            number = swapped(number, self.rng)
        elif how == MISSING:
            number = ""
        in_field = how == WHOLE or (how in (CUT, SWAPPED) and self.rng.random() < 0.5)
        where = f"BR{7000 + 13 * deposit.branch}" if self.rng.random() < 0.85 else "HO"
        by = f" BY {deposit.name}" if self.rng.random() < 0.3 else ""
        if deposit.from_a_wallet:
            text = f"UPI/CR/{'' if in_field else number}/{deposit.name.split()[0]}/PAYTM"
        else:
            glue = str(self.rng.choice([" ", "/", "-", " SLIP", " NO."]))
            text = f"CASH DEP {where}{'' if in_field or not number else glue + number}{by}"
        return (number if in_field else ""), text


def swapped(number: str, rng: np.random.Generator) -> str:
    """Two neighbors that differ have changed places; as it is when there are none."""
    places = [n for n in range(len(number) - 1) if number[n] != number[n + 1]]
    if not places:
        return number
    n = int(rng.choice(places))
    return number[:n] + number[n + 1] + number[n] + number[n + 2 :]


def month(deposits: int, seed: int) -> Month:
    """A month of so many deposits."""
    rng = np.random.default_rng(seed)
    days = [FIRST.toordinal() + n for n in range(WORKDAYS + 24)]
    weekend = {day for day in days if date.fromordinal(day).weekday() == 6}
    closed = weekend | {int(d) for d in rng.choice(days, size=3, replace=False)}
    made = _deposits(deposits, [d for d in days[: WORKDAYS + 5] if d not in weekend], rng)
    bank = _Bank(rng, closed)
    _book_all(made, bank)
    _strangers(made, bank, days)
    for one in bank.bookings:
        one.day = bank.open_day(one.day)
    order = np.lexsort((rng.random(len(bank.bookings)), np.array([b.day for b in bank.bookings])))
    bookings = _reversals_after([bank.bookings[n] for n in order])
    row = {id(one): n for n, one in enumerate(bookings)}
    truth = [frozenset(one.deposits) for one in bookings]
    back = {row[id(b)]: row[id(b.takes_back)] for b in bookings if b.takes_back}
    calendar = banking_days(
        FIRST.replace(day=1), date.fromordinal(days[-1] + 30), lambda d: d.toordinal() in closed
    )
    return Month(Problem(_lines(bookings), _claims(made), calendar), made, truth, back)


def _deposits(count: int, days: Sequence[int], rng: np.random.Generator) -> list[Deposit]:
    agents = max(BRANCHES, count // WORKDAYS)
    pads = 100_000 + 60 * rng.permutation(agents * 4)
    used = np.zeros(agents, dtype=np.int64)
    made: list[Deposit] = []
    for n in range(count):
        agent = n % agents
        branch = agent % BRANCHES
        day = int(days[(n // agents) % len(days)])
        amount = int(rng.gamma(2.0, 9_000)) + 300
        amount = amount // 500 * 500 + 500 if rng.random() < 0.35 else amount // 10 * 10
        twin = made[-int(rng.integers(1, 3)) * BRANCHES] if len(made) > 3 * BRANCHES else None
        if twin and rng.random() < TWINS and twin.branch == branch and twin.day == day:
            amount = twin.amount_minor // 100
        wallet = rng.random() < FROM_A_WALLET
        pad = pads[agent * 4 + used[agent] // 50 % 4] + used[agent] % 50
        used[agent] += not wallet
        reference = f"{day % 1000}{int(rng.integers(10**8, 10**9))}" if wallet else f"{pad}"
        prefix = "SLP" if branch % 3 == 0 and not wallet else ""
        made.append(
            Deposit(amount * 100, day, agent, branch, prefix + reference, NAMES[agent % 12], wallet)
        )
    return made


def _book_all(made: Sequence[Deposit], bank: _Bank) -> None:
    rng = bank.rng
    gone: set[int] = set()
    for n, one in enumerate(made):
        if n in gone:
            continue
        fate = rng.random()
        if fate < NEVER:
            continue
        if (fate := fate - NEVER) < SUMMED and (other := _partner(made, n, gone)) is not None:
            gone.add(other)
            both = one.amount_minor + made[other].amount_minor
            bank.book(one, (n, other), both)
        elif (fate := fate - SUMMED) < TAKEN_APART and one.amount_minor > 200_000:
            part = int(one.amount_minor * rng.uniform(0.2, 0.8)) // 10_000 * 10_000
            bank.book(one, (n,), part)
            bank.book(one, (n,), one.amount_minor - part)
        elif (fate := fate - TAKEN_APART) < CHARGED:
            charge = int(rng.integers(5, 60)) * 100
            bank.book(one, (n,), one.amount_minor - min(charge, one.amount_minor // 100))
        elif fate - CHARGED < REVERSED:
            _reversed(one, n, bank)
        else:
            bank.book(one, (n,), one.amount_minor)


def _partner(made: Sequence[Deposit], n: int, gone: set[int]) -> int | None:
    """The agent's next deposit, or one of the branch on the same day."""
    for other in range(n + 1, min(len(made), n + 4 * BRANCHES)):
        near = made[other].branch == made[n].branch and made[other].day == made[n].day
        if near and other not in gone and not made[other].from_a_wallet:
            return None if made[n].from_a_wallet else other
    return None


def _reversed(one: Deposit, n: int, bank: _Bank) -> None:
    """Credited, taken back, and mostly credited again."""
    first = bank.book(one, (), one.amount_minor)
    reference, text = first.reference, first.text
    if bank.rng.random() < 0.3:
        reference, text = "", "REVERSAL OF CREDIT"
    day = bank.open_day(first.day + int(bank.rng.integers(0, 3)))
    back = Booking(
        day, day, -one.amount_minor, reference, f"REV {text}", is_reversal=bank.rng.random() < 0.8
    )
    back.takes_back = first
    bank.bookings.append(back)
    if bank.rng.random() < 0.7:
        again = bank.book(one, (n,), one.amount_minor)
        again.day = bank.open_day(day + int(bank.rng.integers(0, 2)))
        again.valued = again.day


def _strangers(made: Sequence[Deposit], bank: _Bank, days: Sequence[int]) -> None:
    rng = bank.rng
    for _ in range(int(STRANGERS * len(made))):
        like = made[int(rng.integers(len(made)))]
        own = str(rng.integers(100_000, 1_000_000)) if rng.random() < 0.5 else ""
        day = bank.open_day(int(rng.choice(days[:WORKDAYS])))
        where = f"BR{7000 + 13 * like.branch}" if rng.random() < 0.5 else "HO"
        bank.bookings.append(Booking(day, day, like.amount_minor, own, f"TRANSFER {where} {own}"))
    for _ in range(int(BANK_CHARGES * len(made))):
        day = bank.open_day(int(rng.choice(days[:WORKDAYS])))
        bank.bookings.append(
            Booking(day, day, -int(rng.integers(1, 40)) * 500, "", "CASH HANDLING CHARGES")
        )


def _reversals_after(bookings: list[Booking]) -> list[Booking]:
    """The bank's order, where what takes back comes after what it takes back, and the second
    credit after both."""
    place = {id(one): float(n) for n, one in enumerate(bookings)}
    for n, one in enumerate(bookings):
        if one.takes_back is not None:
            place[id(one)] = max(float(n), place[id(one.takes_back)] + 0.5)
    return sorted(bookings, key=lambda one: (one.day, place[id(one)]))


def _lines(bookings: Sequence[Booking]) -> Lines:
    return Lines(
        np.array([b.amount_minor for b in bookings], dtype=np.int64),
        np.array([b.day for b in bookings], dtype=np.int64),
        np.array([b.valued for b in bookings], dtype=np.int64),
        [(b.reference,) if b.reference else () for b in bookings],
        [b.text for b in bookings],
        [None] * len(bookings),
        np.array([b.is_reversal for b in bookings], dtype=np.bool_),
        np.ones(len(bookings), dtype=np.bool_),
    )


def _claims(made: Sequence[Deposit]) -> Claims:
    return Claims(
        np.array([d.amount_minor for d in made], dtype=np.int64),
        np.array([d.day for d in made], dtype=np.int64),
        [(d.reference,) for d in made],
        np.array([d.agent for d in made], dtype=np.int64),
        np.array([d.branch for d in made], dtype=np.int64),
        [d.name for d in made],
        np.ones(len(made), dtype=np.bool_),
    )
