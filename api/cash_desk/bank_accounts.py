"""The lender's accounts at banks, and how their CSV statements are read."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Currency, Instant, Text
from collection.reconciliation.accounts import store
from collection.reconciliation.accounts.keep_account import keep_account
from collection.reconciliation.formats.csv_profile import (
    EXAMPLES,
    CsvProfile,
    Sign,
    profile_of,
)

router = Router(prefix="/v1", tags=["cash desk: bank statements"])

Name = Annotated[str, Field(max_length=200)]
AccountId = Annotated[UUID, Path(description="made by the caller; may be sent again")]


class CsvProfileBody(Body):
    """How a bank writes CSV: its columns by name, its dates, signs and decimals."""

    booked_on: Name
    sign: Sign
    valued_on: Name = ""
    text: Annotated[list[Name], Field(max_length=10)] = []
    references: Annotated[list[Name], Field(max_length=10)] = []
    bank_id: Name = ""
    amount: Name = ""
    marker: Name = ""
    credit_mark: Name = "CR"
    money_in: Name = ""
    money_out: Name = ""
    balance: Name = ""
    date_format: Annotated[str, Field(max_length=40)] = "%d/%m/%Y"
    decimal_mark: Annotated[str, Field(max_length=1)] = "."
    delimiter: Annotated[str, Field(max_length=1)] = ","
    encoding: Annotated[str, Field(max_length=40)] = ""
    newest_first: bool = False

    def profile(self) -> CsvProfile:
        """The domain's value. Raises `InvalidField`."""
        return profile_of(self.model_dump())


class CsvProfileAnswer(Answer):
    """How a bank writes CSV."""

    booked_on: str
    sign: Sign
    valued_on: str
    text: list[str]
    references: list[str]
    bank_id: str
    amount: str
    marker: str
    credit_mark: str
    money_in: str
    money_out: str
    balance: str
    date_format: str
    decimal_mark: str
    delimiter: str
    encoding: str
    newest_first: bool


class BankAccountBody(Body):
    """A bank account; without `csv_profile` its CSV files cannot be read."""

    number: Annotated[str, Field(min_length=1, max_length=64)]
    name: Text
    currency: Currency
    csv_profile: CsvProfileBody | None = None


class BankAccountAnswer(Answer):
    """A bank account."""

    id: UUID
    branch_id: UUID
    number: str
    name: str
    currency: str
    csv_profile: CsvProfileAnswer | None
    closed_at: Instant | None


class BankAccountsAnswer(Answer):
    """All bank accounts of the caller's branches, by name."""

    items: list[BankAccountAnswer]


class CsvExamplesAnswer(Answer):
    """Profiles to begin with, by what they are like."""

    items: dict[str, CsvProfileAnswer]


@router.get("/bank-accounts")
async def get_bank_accounts(caller: CashDesk, session: Read) -> BankAccountsAnswer:
    """The bank accounts of the caller's branches."""
    found = await store.accounts(session)
    return BankAccountsAnswer(items=[BankAccountAnswer.model_validate(one) for one in found])


@router.get("/csv-profiles")
async def get_csv_profiles(caller: CashDesk) -> CsvExamplesAnswer:
    """Examples of how banks write CSV, to begin a profile with."""
    items = {name: CsvProfileAnswer.model_validate(one) for name, one in EXAMPLES.items()}
    return CsvExamplesAnswer(items=items)


@router.put("/bank-accounts/{id}")
async def put_bank_account(
    id: AccountId,  # noqa: A002
    body: BankAccountBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> BankAccountAnswer:
    """Add an account for the caller's branch, or change the name and CSV profile of one."""
    profile = body.csv_profile.profile() if body.csv_profile else None
    kept = await keep_account(
        session, caller.id, caller.branch_id, id, body.number, body.name, body.currency, profile,
        now,
    )  # fmt: skip
    return BankAccountAnswer.model_validate(kept)
