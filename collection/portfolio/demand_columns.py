"""The columns of a demand file: canonical names, what a cell holds, and what others call them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import InvalidField
from core.said import say


class Kind(StrEnum):
    """What a cell holds."""

    REFERENCE = "reference"
    TEXT = "text"
    AMOUNT = "amount"
    DATE = "date"
    COUNT = "count"
    DEGREES = "degrees"
    TIME_OF_DAY = "time of day"
    MOBILE = "mobile number"
    LANGUAGE = "language"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` is canonical; `synonyms` are accepted in its place.

    A cell that cannot be read spoils its row, except in a column that is not `essential`: there
    the row is kept without the value. Either way the cell is reported.
    """

    name: str
    kind: Kind
    meaning: str
    example: str = ""
    synonyms: tuple[str, ...] = ()
    essential: bool = True


_R, _T, _A, _D, _N = Kind.REFERENCE, Kind.TEXT, Kind.AMOUNT, Kind.DATE, Kind.COUNT

COLUMNS: tuple[Column, ...] = (
    Column("customer_id", _R, "the lender's number of the customer", "000123", (
        "customer_no", "cust_id", "client_id", "borrower_id", "cif", "cif_no")),
    Column("customer_name", _T, "the customer's full name", "Rosa Ejemplo", (
        "name", "client_name", "borrower_name")),
    Column("loan_account_no", _R, "the lender's number of the account", "0042-7", (
        "agreement_id", "agreement_no", "account_no", "account_number", "loan_account_number",
        "loan_no", "loan_id", "lan")),
    Column("branch_code", _R, "the branch that works the account", "LS01", (
        "branch", "branch_id")),
    Column("address", _T, "where the customer can be visited", "Calle Larga 12", (
        "primary_address", "customer_address")),
    Column("locality", _T, "neighborhood or landmark", "Centro", (
        "landmark", "primary_address_lm", "area"), essential=False),
    Column("pincode", _R, "postal code", "1700000", (
        "pin", "pin_code", "postal_code", "zip", "primary_address_pin"), essential=False),
    Column("lat", Kind.DEGREES, "degrees north, WGS84", "-29.9027", (
        "latitude",), essential=False),
    Column("lon", Kind.DEGREES, "degrees east, WGS84", "-71.2520", (
        "lng", "long", "longitude"), essential=False),
    Column("mobile", Kind.MOBILE, "telephone number", "+56 9 1234 5678", (
        "mobile_no", "mobile_number", "phone", "phone_no"), essential=False),
    Column("guarantor_name", _T, "who answers for the account", "", (
        "guarantor",), essential=False),
    Column("guarantor_mobile", Kind.MOBILE, "telephone number of the guarantor", "", (
        "guarantor_phone", "guarantor_mobile_no"), essential=False),
    Column("co_borrower_name", _T, "who owes the account as well", "", (
        "co_borrower", "co_applicant_name", "coapplicant"), essential=False),
    Column("co_borrower_mobile", Kind.MOBILE, "telephone number of the co-borrower", "", (
        "co_borrower_phone", "co_applicant_mobile"), essential=False),
    Column("language", Kind.LANGUAGE, "the customer's language, ISO 639", "es", (
        "lang", "preferred_language"), essential=False),
    Column("product_code", _R, "the lender's code of the product", "MICRO", ("product",)),
    Column("currency", Kind.CURRENCY, "ISO 4217, the branch's own", "", (
        "ccy", "currency_code")),
    Column("due_date", _D, "when the demand fell or falls due", "2026-01-05", (
        "emi_due_date", "installment_due_date")),
    Column("installment_no", _N, "number of the installment", "7", (
        "instalment_no", "emi_no")),
    Column("emi_amount", _A, "the regular installment", "45000", (
        "emi", "emi_amt", "installment_amount", "instalment_amount")),
    Column("total_due", _A, "what is due: the sum of the four parts", "45000", (
        "actual_due", "amount_due", "demand_amount")),
    Column("principal_due", _A, "part of the demand that is principal", "38000", (
        "principal_demand",)),
    Column("interest_due", _A, "part of the demand that is interest", "7000", (
        "interest_demand",)),
    Column("charges_due", _A, "part of the demand that is charges", "0", ("fees_due",)),
    Column("penal_due", _A, "part of the demand that is penal charges", "0", (
        "penal_charge", "penalty_due")),
    Column("pos", _A, "principal outstanding", "410000", (
        "principal_outstanding", "outstanding_principal")),
    Column("tos", _A, "total outstanding", "455000", ("total_outstanding",)),
    Column("dpd", _N, "days past due as the lender counts them", "12", (
        "overdue_days", "days_past_due")),
    Column("last_payment_date", _D, "day of the last payment", "2025-12-05", ()),
    Column("last_payment_amount", _A, "amount of the last payment", "45000", (
        "last_paid_amount",)),
    Column("promise_due_date", _D, "day for which a payment is promised", "", ("ptp_date",)),
    Column("promise_amount", _A, "amount promised for that day", "", ("ptp_amount",)),
    Column("preferred_from", Kind.TIME_OF_DAY, "visits not before, local time", "", (),
        essential=False),
    Column("preferred_to", Kind.TIME_OF_DAY, "visits not after, local time", "", (),
        essential=False),
    Column("officer_code", _R, "the agent who works the account now", "", (
        "officer_id", "agent_code", "fos"), essential=False),
)  # fmt: skip

PARTS = ("principal_due", "interest_due", "charges_due", "penal_due")
REQUIRED = (
    "customer_id",
    "customer_name",
    "loan_account_no",
    "branch_code",
    "due_date",
)


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


_BY_NAME = {_plain(name): column for column in COLUMNS for name in (column.name, *column.synonyms)}


def column_of(header: str) -> Column | None:
    """The column that a header cell names; case, spaces and punctuation do not matter."""
    return _BY_NAME.get(_plain(header))


def as_mapped(header: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """A header in our names where `columns` says so (our name to the file's). What else would be
    taken for such a column has no name then.

    Raises `InvalidField` for a column that one of the two does not have.
    """
    names = {column.name for column in COLUMNS}
    for ours, its in columns.items():
        if ours not in names:
            raise InvalidField(
                f"columns.{ours}", say("one of {names}", names=", ".join(sorted(names)))
            )
        if its and its not in header:
            raise InvalidField(
                f"columns.{ours}",
                say("one of the file's: {header}", header=", ".join(header)[:500]),
            )
    chosen = {its: ours for ours, its in columns.items() if its}

    def name_of(its: str) -> str:
        known = column_of(its)
        return chosen.get(its, "" if known and known.name in columns else its)

    return [name_of(its) for its in header]


def template_csv() -> str:
    """A demand file to start from: the header, one invented row and a matching trailer."""
    header = ",".join(column.name for column in COLUMNS)
    row = ",".join(column.example for column in COLUMNS)
    total = next(column.example for column in COLUMNS if column.name == "total_due")
    return f"{header}\n{row}\n#TRAILER,1,{total}\n"
