"""Hold what one payer hands over in cash in a day below what the law of a country allows."""

from datetime import datetime

from collection.receipts import store
from collection.receipts.errors import TooMuchCashOfPayer
from core.clock import day_range, local_day
from core.money import Money
from data.session import Session

PAYER_CASH = "payer_cash"
"""Flags cash that was taken offline and brought its payer to the branch's limit of a day."""


async def check_payer_cash(
    session: Session, case: store.CaseToPay, amount: Money, taken_at: datetime, *, is_fact: bool
) -> tuple[str, ...]:
    """The flags of cash that a payer hands over: all of the day, over all accounts and agents, is
    to stay below the policy `cash_per_payer_below`.

    What was taken already (`is_fact`) is flagged; else it is refused with `TooMuchCashOfPayer`. Two
    who take cash of one payer at once wait for each other.
    """
    below_minor = case.policies.cash_per_payer_below
    if not below_minor:
        return ()
    await store.lock_payer(session, case.customer_id)
    begins_at, ends_at = day_range(local_day(taken_at, case.zone), case.zone)
    before = await store.cash_of_payer(
        session, case.customer_id, amount.currency, begins_at, ends_at
    )
    if (before + amount).amount_minor < below_minor:
        return ()
    if is_fact:
        return (PAYER_CASH,)
    raise TooMuchCashOfPayer(before, Money(below_minor, amount.currency), amount)
