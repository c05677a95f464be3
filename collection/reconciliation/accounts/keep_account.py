"""Add a bank account, or change how its CSV statements are read."""

import re
from datetime import datetime
from uuid import UUID

from collection.reconciliation.accounts import store
from collection.reconciliation.errors import BankAccountTaken
from collection.reconciliation.formats.csv_profile import CsvProfile
from core.errors import InvalidField
from core.money import Money
from core.said import say
from data.session import Session


def plain_number(number: str) -> str:
    """An account's number as it is compared: capital letters and digits, no leading zeros.

    Banks write the same one as an IBAN with spaces, with a bank's code before a slash, or padded.
    """
    return re.sub(r"[^A-Z0-9]", "", number.upper()).lstrip("0")


async def keep_account(
    session: Session,
    staff_id: UUID,
    branch_id: UUID,
    account_id: UUID,
    number: str,
    name: str,
    currency: str,
    profile: CsvProfile | None,
    now: datetime,
) -> store.BankAccountView:
    """Add the account for a branch and those below it; with a known id its name and profile change.

    Raises `InvalidField` or `BankAccountTaken`.
    """
    plain = plain_number(number)
    if not plain:
        raise InvalidField("number", say("the account's number or IBAN"))
    if not name.strip():
        raise InvalidField("name", say("what you call the account"))
    checked = Money(0, currency).currency
    known = await store.account(session, account_id)
    if known is None:
        await store.add(
            session, account_id, branch_id, plain, name.strip(), checked, profile, staff_id, now
        )
    elif (known.number, known.currency) != (plain, checked):
        raise BankAccountTaken(known.number)
    else:
        await store.change(session, account_id, name.strip(), profile)
    kept = await store.account(session, account_id)
    assert kept is not None, "added or found"
    return kept
