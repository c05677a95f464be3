"""What is open of an account on both sides, with how long it has been."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np

from collection.reconciliation.accounts import store as bank_accounts
from collection.reconciliation.accounts.store import BankAccountView
from collection.reconciliation.errors import BankAccountNotFound
from collection.reconciliation.matches.match_account import banking_days
from collection.reconciliation.open_items import store
from collection.reconciliation.open_items.ageing import Aged, aged
from collection.reconciliation.open_items.store import OpenClaim, OpenLine
from core.clock import local_day
from data.session import Session

MOST = 20_000
"""More open items than this are not listed at once."""


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Open lines and claims, the oldest first, each with its age in banking days; and by age."""

    account: BankAccountView
    today: date
    lines: Sequence[tuple[OpenLine, int]]
    claims: Sequence[tuple[OpenClaim, int]]
    lines_by_age: Sequence[Aged]
    claims_by_age: Sequence[Aged]


async def list_open(session: Session, account_id: UUID, now: datetime) -> OpenItems:
    """All that is open. Raises `BankAccountNotFound`."""
    account = await bank_accounts.account(session, account_id)
    if account is None:
        raise BankAccountNotFound(str(account_id))
    today = local_day(now, account.zone)
    lines = await store.open_lines(session, account_id, limit=MOST)
    claims = await store.open_claims(session, account.currency, limit=MOST)
    line_ages = await _ages(session, account, [line.booked_on for line in lines], today)
    claim_ages = await _ages(session, account, [claim.made_on for claim in claims], today)
    return OpenItems(
        account,
        today,
        list(zip(lines, line_ages, strict=True)),
        list(zip(claims, claim_ages, strict=True)),
        aged([(age, one.amount_minor) for one, age in zip(lines, line_ages, strict=True)]),
        aged([(age, one.amount_minor) for one, age in zip(claims, claim_ages, strict=True)]),
    )


async def _ages(
    session: Session, account: BankAccountView, days: Sequence[date], today: date
) -> list[int]:
    """The banking days from each day to today, 0 for what lies ahead."""
    if not days:
        return []
    calendar = await banking_days(session, account, days, today)
    since = np.array([day.toordinal() for day in days], dtype=np.int64)
    ages = calendar.between(since, np.full(len(since), today.toordinal()))
    return [max(0, age) for age in ages.tolist()]
