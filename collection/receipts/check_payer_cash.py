"""Hold what one payer hands over in cash in a day below what the law of a country allows."""

from datetime import datetime

from collection.receipts import store
from collection.receipts.errors import TooMuchCashOfPayer
from collection.receipts.payer_day import PayerDay, check_below
from core.money import Money
from data.session import Session, ask

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
    day = PayerDay.of(case.customer_id, amount.currency, taken_at, case.zone)
    before = await ask(session, store.cash_of_payers([day]))
    try:
        check_below(before[day], amount, below_minor)
    except TooMuchCashOfPayer:
        if not is_fact:
            raise
        return (PAYER_CASH,)
    return ()
