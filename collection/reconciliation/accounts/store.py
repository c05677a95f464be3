"""SQL of bank accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from collection.reconciliation.errors import BankAccountTaken
from collection.reconciliation.formats.csv_profile import CsvProfile, profile_of
from data.session import Session, rows, savepoint
from data.tables.reconciliation import BankAccount


@dataclass(frozen=True, slots=True)
class BankAccountView:
    """A bank account, and where and how far its statements lead."""

    id: UUID
    branch_id: UUID
    number: str
    name: str
    currency: str
    zone: str
    country: str
    csv_profile: CsvProfile | None
    closed_at: datetime | None


_ACCOUNTS = """
SELECT a.id, a.branch_id, a.number, a.name, a.currency, a.csv_profile, a.closed_at, b.zone,
       b.country
FROM bank_account a JOIN branch b ON b.id = a.branch_id
"""


def _account(r: Any) -> BankAccountView:
    profile = profile_of(r.csv_profile) if r.csv_profile else None
    return BankAccountView(
        r.id, r.branch_id, r.number, r.name, r.currency, r.zone, r.country, profile, r.closed_at
    )


async def accounts(session: Session) -> Sequence[BankAccountView]:
    """All bank accounts in scope, by name."""
    return [_account(r) for r in await rows(session, f"{_ACCOUNTS} ORDER BY a.name, a.id")]


async def account(session: Session, account_id: UUID) -> BankAccountView | None:
    """A bank account in scope."""
    found = await rows(session, f"{_ACCOUNTS} WHERE a.id = :id", id=account_id)
    return _account(found[0]) if found else None


async def account_by_number(session: Session, number: str, currency: str) -> BankAccountView | None:
    """The account in scope that a statement is of."""
    found = await rows(
        session,
        f"{_ACCOUNTS} WHERE a.number = :number AND a.currency = :currency",
        number=number,
        currency=currency,
    )
    return _account(found[0]) if found else None


async def add(
    session: Session,
    account_id: UUID,
    branch_id: UUID,
    number: str,
    name: str,
    currency: str,
    profile: CsvProfile | None,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Add a bank account. Raises `BankAccountTaken`."""
    try:
        async with savepoint(session):
            await session.execute(
                insert(BankAccount).values(
                    id=account_id,
                    branch_id=branch_id,
                    number=number,
                    name=name,
                    currency=currency,
                    csv_profile=profile.as_json() if profile else None,
                    added_at=now,
                    added_by=staff_id,
                )
            )
    except IntegrityError:
        raise BankAccountTaken(number) from None


async def change(session: Session, account_id: UUID, name: str, profile: CsvProfile | None) -> None:
    """Give an account another name and CSV profile."""
    await session.execute(
        update(BankAccount)
        .where(BankAccount.id == account_id)
        .values(name=name, csv_profile=profile.as_json() if profile else None)
    )
