"""Modes of payment: which reference each must come with, and where its money is meanwhile."""

import re
from dataclasses import dataclass

from collection.custody.ledger import LedgerAccount
from collection.receipts.errors import ModeNotTakenHere
from core.errors import InvalidField


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode of payment. `debit` is the ledger account that its money comes into.

    `reference` is the whole pattern of the reference that proves it, and `expected` says in words
    what that is; cash has none.
    """

    code: str
    debit: LedgerAccount
    reference: re.Pattern[str] | None
    expected: str

    @property
    def is_cash(self) -> bool:
        """Whether it fills the agent's till."""
        return self.debit is LedgerAccount.AGENT_CASH


def _mode(code: str, debit: LedgerAccount, pattern: str | None, expected: str) -> Mode:
    return Mode(code, debit, re.compile(pattern, re.ASCII) if pattern else None, expected)


_PSP = LedgerAccount.PSP_CLEARING

# UPI's RRN has 12 digits (NPCI); an end-to-end reference has at most 35 characters (ISO 20022).
MODES = {
    mode.code: mode
    for mode in (
        _mode("cash", LedgerAccount.AGENT_CASH, None, "nothing: cash has no reference"),
        _mode("card", _PSP, r"[A-Za-z0-9]{4,12}", "the authorization code, 4 to 12 characters"),
        _mode(
            "transfer", _PSP, r"[A-Za-z0-9/-]{4,35}", "the transfer's reference, 4 to 35 characters"
        ),
        _mode("upi", _PSP, r"\d{12}", "the RRN, 12 digits"),
        _mode("mobile", _PSP, r"[A-Za-z0-9-]{4,35}", "the wallet's reference, 4 to 35 characters"),
        _mode("cheque", LedgerAccount.AGENT_CHEQUE, r"\d{4,12}", "the cheque's number"),
    )
}

COUNTRIES = {
    "BR": ("cash", "card", "transfer"),
    "CL": ("cash", "card", "transfer"),
    "CO": ("cash", "card", "transfer", "mobile"),
    "GB": ("cash", "card", "transfer", "cheque"),
    "ID": ("cash", "card", "transfer", "mobile"),
    "IN": ("cash", "upi", "card", "cheque", "transfer", "mobile"),
    "KE": ("cash", "mobile", "card", "cheque", "transfer"),
    "MX": ("cash", "card", "transfer"),
    "PE": ("cash", "card", "transfer", "mobile"),
    "PH": ("cash", "mobile", "card", "cheque", "transfer"),
    "US": ("cash", "card", "cheque", "transfer"),
}
ELSEWHERE = ("cash", "card", "transfer")


def modes_in(country: str) -> tuple[str, ...]:
    """The codes of the modes that are taken in a country (ISO 3166-1), the commonest first."""
    return COUNTRIES.get(country, ELSEWHERE)


def checked_mode(code: str, reference: str | None, country: str) -> Mode:
    """The mode of a payment whose reference is as it must be.

    Raises `ModeNotTakenHere`, or `InvalidField` when the reference is missing or not of its kind.
    """
    modes = modes_in(country)
    if code not in modes:
        raise ModeNotTakenHere(code, country, modes)
    mode = MODES[code]
    if mode.reference is None:
        if reference is not None:
            raise InvalidField("mode_reference", mode.expected)
    elif reference is None or not mode.reference.fullmatch(reference):
        raise InvalidField("mode_reference", mode.expected)
    return mode
