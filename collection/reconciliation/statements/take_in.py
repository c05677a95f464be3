"""Take in a statement file: read it, prove it complete, keep each line once, match."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from collection.reconciliation.accounts import store as bank_accounts
from collection.reconciliation.accounts.keep_account import plain_number
from collection.reconciliation.accounts.store import BankAccountView
from collection.reconciliation.errors import (
    BankAccountNotFound,
    DifferentLines,
    StatementNotFound,
    UnknownBankAccount,
)
from collection.reconciliation.formats.bank_csv import ToldBalances
from collection.reconciliation.formats.read import Format, read
from collection.reconciliation.matches.match_account import match_account
from collection.reconciliation.statement import Statement
from collection.reconciliation.statements import store
from collection.reconciliation.statements.identity import identified, totals_by_day
from core.ids import new_id
from core.money import Money
from data.queue import enqueue
from data.session import Session

AT_ONCE_BYTES = 100_000
"""Larger files are taken in by a job, so that nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it was sent. CSV needs the account, and its balances where they are no column."""

    content: bytes
    name: str
    bank_account_id: UUID | None = None
    told: ToldBalances | None = None


async def send_in(
    session: Session, branch_id: UUID, new: NewFile, staff_id: UUID | None, now: datetime
) -> store.FileView:
    """Keep a file and take it in: a small one at once, a large one by a job.

    The same bytes again change nothing and get the first answer. Raises `StatementRefused` (of a
    small file; a large one is then in state ``refused``) or `BankAccountNotFound`.
    """
    file_id = await keep_file(session, branch_id, new, staff_id, now)
    if isinstance(file_id, store.FileView):
        return file_id
    if len(new.content) <= AT_ONCE_BYTES:
        await take_in(session, file_id, now)
        await match_file(session, file_id, now)
    else:
        await enqueue(session, "reconciliation.take_in", file_id=str(file_id))
    kept = await store.file(session, file_id)
    assert kept is not None, "it was just kept"
    return kept


async def keep_file(
    session: Session, branch_id: UUID, new: NewFile, staff_id: UUID | None, now: datetime
) -> UUID | store.FileView:
    """Keep a file for later: its id, or what is known of the same bytes."""
    if new.bank_account_id and not await bank_accounts.account(session, new.bank_account_id):
        raise BankAccountNotFound(str(new.bank_account_id))
    content_hash = hashlib.sha256(new.content).digest()
    file_id = new_id()
    added = await store.add_file(
        session,
        id=file_id,
        branch_id=branch_id,
        bank_account_id=new.bank_account_id,
        name=new.name[:200],
        content=new.content,
        content_hash=content_hash,
        told_opening_minor=new.told.opening_minor if new.told else None,
        told_closing_minor=new.told.closing_minor if new.told else None,
        uploaded_at=now,
        uploaded_by=staff_id,
    )
    if added:
        return file_id
    known = await store.known_file(session, branch_id, content_hash)
    assert known is not None, "the index knows these bytes"
    return known


async def take_in(session: Session, file_id: UUID, now: datetime) -> None:
    """Read a file that is kept and store its statements and lines; then it is to be matched.

    Done before: nothing. Raises `StatementRefused`, `StatementNotFound`.
    """
    file = await store.file(session, file_id)
    if file is None:
        raise StatementNotFound(str(file_id))
    if file.state != "waiting":
        return
    # 1. Read it.
    content, told = await store.content_of(session, file_id)
    account = None
    if file.bank_account_id:
        account = await bank_accounts.account(session, file.bank_account_id)
    file_format, statements = await asyncio.to_thread(
        read,
        content,
        account.csv_profile if account else None,
        account.number if account else "",
        account.currency if account else "",
        ToldBalances(*told) if told else None,
    )
    # 2. Keep what is new of each statement.
    parts = [
        await _keep(session, file, part, file_format, one, now)
        for part, one in enumerate(statements, 1)
    ]
    report = {"format": file_format.value, "statements": parts}
    await store.set_state(session, file_id, "matching", report, None)


async def match_file(session: Session, file_id: UUID, now: datetime) -> None:
    """Match the accounts of a file that was taken in, and finish its report."""
    file = await store.file(session, file_id)
    if file is None or file.state != "matching":
        return
    report: dict[str, Any] = dict(file.report or {})
    for account_id in sorted({part["bank_account_id"] for part in report["statements"]}):
        figures = await match_account(session, UUID(account_id), now)
        for name, count in figures.items():
            report[name] = report.get(name, 0) + count
    await store.set_state(session, file_id, "done", report, now)


async def refuse(session: Session, file_id: UUID, problem: dict[str, Any], now: datetime) -> None:
    """Note that a file cannot be taken in, and why."""
    await store.set_state(session, file_id, "refused", {"problem": problem}, now)


async def _account_of(session: Session, one: Statement) -> BankAccountView:
    """The account that a statement is of; its number may come with a bank's code before it."""
    for number in (one.account, one.account.rpartition("/")[2]):
        found = await bank_accounts.account_by_number(session, plain_number(number), one.currency)
        if found and not found.closed_at:
            return found
    raise UnknownBankAccount(one.account, one.currency)


async def _keep(
    session: Session,
    file: store.FileView,
    part: int,
    file_format: Format,
    one: Statement,
    now: datetime,
) -> dict[str, Any]:
    """Store a statement; what the report says of it."""
    account = await _account_of(session, one)
    await store.one_at_a_time(session, account.id)
    first = min((line.booked_on for line in one.lines), default=one.to_on)
    before = await store.closing_before(session, account.id, first)
    follows_id = await store.followed_by(session, account.id, one, first)
    counts = await store.counts_before(session, follows_id, first) if follows_id else {}
    identities = identified(one.lines, counts)
    added = await store.add_statement(
        session, account.branch_id, account.id, file.id, part, file_format.value, one, identities,
        follows_id, now,
    )  # fmt: skip
    await _check_days(session, account, one, is_continued=follows_id is not None)
    return {
        "bank_account_id": str(account.id),
        "account": account.name,
        "number": account.number,
        "currency": one.currency,
        "from_on": one.from_on.isoformat(),
        "to_on": one.to_on.isoformat(),
        "opening_minor": one.opening_minor,
        "closing_minor": one.closing_minor,
        "opening_told": one.opening_told,
        "lines_read": len(one.lines),
        "lines_added": added,
        "gap_before": before is not None and before != one.opening_minor and not follows_id,
    }


async def _check_days(
    session: Session, account: BankAccountView, one: Statement, *, is_continued: bool
) -> None:
    """Whole days must be the same in every file that tells of them. Raises `DifferentLines`."""
    if not one.lines:
        return
    told = totals_by_day(one.lines)
    first, last = min(told), max(told)
    known = await store.totals_by_day(session, account.id, first, last)
    skipped = {first} if is_continued else set()
    if await store.goes_on(session, account.id, last, one.closing_minor):
        skipped.add(last)
    for day in sorted(known.keys() - skipped):
        if known[day] != told.get(day, 0):
            raise DifferentLines(
                account.number,
                day,
                Money(known[day], one.currency),
                Money(told.get(day, 0), one.currency),
            )
