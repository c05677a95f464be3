"""Match all that is open of an account: what leaves no doubt at once, the rest as proposals."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from collection.gate.calendars import Holiday, is_banking_day
from collection.reconciliation.accounts import store as bank_accounts
from collection.reconciliation.accounts.store import BankAccountView
from collection.reconciliation.errors import BankAccountNotFound
from collection.reconciliation.matches import store
from collection.reconciliation.matches.post import Proven, post_all
from collection.reconciliation.matches.store import NewMatch
from collection.reconciliation.matches.undo import undo_for_the_bank
from collection.reconciliation.matching.match import match
from collection.reconciliation.matching.problem import BankingDays, Claims, Lines, Problem
from collection.reconciliation.matching.problem import banking_days as number_days
from collection.reconciliation.matching.result import Found, Result, Tier
from collection.reconciliation.open_items import store as open_items
from collection.reconciliation.statements.store import one_at_a_time
from core.clock import local_day
from core.ids import new_id
from core.money import Money
from data.session import Session


async def match_account(session: Session, account_id: UUID, now: datetime) -> dict[str, int]:
    """Match what is open, throw away old proposals and write new ones: how many of each.

    Matches that stand are not touched, save those whose line the bank took back: they are undone
    (``reopened``), and matched anew. ``choices`` are lines that several claims fit. Raises
    `BankAccountNotFound`.
    """
    account = await bank_accounts.account(session, account_id)
    if account is None:
        raise BankAccountNotFound(str(account_id))
    # 1. All that is open, once at a time.
    await one_at_a_time(session, account_id)
    await store.drop_proposals(session, account_id)
    today = local_day(now, account.zone)
    since = today - timedelta(days=open_items.KNOWN_DAYS)
    lines = await open_items.known_lines(session, account_id, since)
    claims = await open_items.known_claims(session, account.branch_id, account.currency, since)
    days = await banking_days(session, account, [line.booked_on for line in lines], today)
    # 2. What belongs together.
    result = await asyncio.to_thread(match, problem_of(lines, claims, days))
    # 3. What the bank took back is proven no more.
    reopened = 0
    for one in result.found:
        if one.tier is Tier.REVERSAL and one.automatic:
            original = await store.live_match_of_line(session, lines[one.lines[1]].id)
            if original is not None:
                await undo_for_the_bank(session, original, now)
                reopened += 1
    # 4. Write it, and move the money.
    new = list(_new_matches(result, lines, claims))
    await store.add_matches(session, account.branch_id, account_id, account.currency, new, now)
    await post_all(session, list(_proven(account, new, {c.id: c for c in claims})), now)
    matched = sum(one.state == "matched" for one in new)
    if reopened:  # what is open again may be on a later line
        again = await match_account(session, account_id, now)
        return {**again, "matched": again["matched"] + matched, "reopened": reopened}
    choices = {one.line_ids for one in new if one.rank > 1}
    found = sum(one.state == "proposed" and one.line_ids not in choices for one in new)
    return {"matched": matched, "proposed": found, "choices": len(choices), "reopened": 0}


async def banking_days(
    session: Session, account: BankAccountView, booked: Sequence[date], today: date
) -> BankingDays:
    """The banking days that the account's branch counts by."""
    declared = await open_items.declared_days(session, account.branch_id, account.country)
    local: Mapping[tuple[str, date], Holiday | None] = {
        (account.country, day): None if kind == "working_day" else Holiday(name)
        for day, (kind, name) in declared.items()
    }
    first = min([today, *booked]) - timedelta(days=2 * open_items.KNOWN_DAYS)
    last = max([today, *booked]) + timedelta(days=30)
    return number_days(first, last, lambda day: not is_banking_day(account.country, day, local))


def problem_of(lines: Sequence[Any], claims: Sequence[Any], days: BankingDays) -> Problem:
    """Rows of the store as columns."""

    def numbers(rows: Sequence[Any], name: str) -> Any:
        return np.array([getattr(row, name) for row in rows], dtype=np.int64)

    def ordinals(rows: Sequence[Any], name: str) -> Any:
        return np.array([getattr(row, name).toordinal() for row in rows], dtype=np.int64)

    def flags(rows: Sequence[Any], name: str) -> Any:
        return np.array([getattr(row, name) for row in rows], dtype=np.bool_)

    def codes(name: str) -> Any:
        known: dict[UUID, int] = {}
        found = [known.setdefault(getattr(row, name), len(known)) for row in claims]
        return np.array(found, dtype=np.int64)

    return Problem(
        Lines(
            numbers(lines, "amount_minor"),
            ordinals(lines, "booked_on"),
            ordinals(lines, "valued_on"),
            [tuple(row.bank_references) for row in lines],
            [row.text for row in lines],
            [row.bank_id for row in lines],
            flags(lines, "is_reversal"),
            flags(lines, "is_open"),
        ),
        Claims(
            numbers(claims, "amount_minor"),
            ordinals(claims, "made_on"),
            [(row.reference,) if row.reference else () for row in claims],
            codes("agent_id"),
            codes("branch_id"),
            [row.words for row in claims],
            flags(claims, "is_open"),
        ),
        days,
    )


def _new_matches(result: Result, lines: Sequence[Any], claims: Sequence[Any]) -> Iterator[NewMatch]:
    for one in result.found:
        yield _new(one, lines, claims, 1)
    for choice in result.choices:
        for rank, option in enumerate(choice.options, 1):
            yield _new(option, lines, claims, rank)


def _new(one: Found, lines: Sequence[Any], claims: Sequence[Any], rank: int) -> NewMatch:
    return NewMatch(
        new_id(),
        tuple(lines[row].id for row in one.lines),
        tuple((new_id(), claims[row].kind, claims[row].id) for row in one.claims),
        one.tier.value,
        one.score,
        tuple(reason.value for reason in one.reasons),
        "matched" if one.automatic else "proposed",
        rank,
        one.automatic,
        one.short_minor,
    )


def _proven(
    account: BankAccountView, new: Sequence[NewMatch], known: Mapping[UUID, Any]
) -> Iterator[Proven]:
    """What the matches that leave no doubt prove."""
    nothing = Money(0, account.currency)
    for one in new:
        if one.state == "matched":
            for part_id, kind, claim_id in one.claims:
                claim = known[claim_id]
                amount = Money(claim.amount_minor, account.currency)
                yield Proven(part_id, kind, claim_id, claim.branch_id, account.id, amount, nothing)
