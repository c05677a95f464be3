"""Modes of payment: what each must come with, and where its money is meanwhile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from collection.custody.ledger import LedgerAccount
from collection.receipts.errors import ModeNotTakenHere
from core.clock import read_day
from core.errors import InvalidField
from core.said import say


@dataclass(frozen=True, slots=True)
class Detail:
    """What a mode asks beside its reference. One whose name ends in ``_on`` is a date.

    `pattern` is the whole pattern of it, `expected` the same in words.
    """

    name: str
    pattern: re.Pattern[str]
    expected: str
    is_required: bool

    def allows(self, value: str) -> bool:
        """Whether a value is as it must be."""
        if not self.pattern.fullmatch(value):
            return False
        return not self.name.endswith("_on") or _is_date(value)


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
    details: tuple[Detail, ...] = ()

    @property
    def is_cash(self) -> bool:
        """Whether it fills the agent's till."""
        return self.debit is LedgerAccount.AGENT_CASH


def _mode(
    code: str, debit: LedgerAccount, pattern: str | None, expected: str, *details: Detail
) -> Mode:
    return Mode(code, debit, re.compile(pattern, re.ASCII) if pattern else None, expected, details)


def _detail(name: str, pattern: str, expected: str, *, is_required: bool = True) -> Detail:
    return Detail(name, re.compile(pattern, re.ASCII), expected, is_required)


def _named(name: str, expected: str) -> Detail:
    """A name in whatever script: a bank, a provider."""
    return Detail(name, re.compile(r"[^\x00-\x1f]{2,60}"), expected, is_required=True)


def _is_date(value: str) -> bool:
    try:
        read_day(value)
    except ValueError:
        return False
    return True


_PSP = LedgerAccount.PSP_CLEARING
_LAST_FOUR = _detail("last_four", r"\d{4}", say("the card's last 4 digits"), is_required=False)
# Only the last four: nobody may keep a whole Aadhaar number.
_AADHAAR = _detail(
    "aadhaar_last_four", r"\d{4}", say("the last 4 digits of the Aadhaar number"), is_required=False
)
_PAYER = _detail(
    "payer_vpa",
    r"[A-Za-z0-9._-]{2,256}@[A-Za-z0-9]{2,64}",
    say("the payer's UPI address, name@bank"),
    is_required=False,
)
_RRN = (r"\d{12}", say("the RRN, 12 digits"))

# An RRN has 12 digits (NPCI); an end-to-end reference at most 35 characters (ISO 20022).
MODES = {
    mode.code: mode
    for mode in (
        _mode("cash", LedgerAccount.AGENT_CASH, None, say("nothing: cash has no reference")),
        _mode(
            "card",
            _PSP,
            r"[A-Za-z0-9]{4,12}",
            say("the authorization code, 4 to 12 characters"),
            _LAST_FOUR,
        ),
        _mode(
            "transfer",
            _PSP,
            r"[A-Za-z0-9/-]{4,35}",
            say("the transfer's reference, 4 to 35 characters"),
        ),
        _mode("upi", _PSP, *_RRN, _PAYER),
        _mode("aeps", _PSP, *_RRN, _named("bank", say("the customer's bank")), _AADHAAR),
        _mode(
            "whatsapp",
            _PSP,
            r"[A-Za-z0-9-]{4,35}",
            say("the payment's reference, 4 to 35 characters"),
        ),
        _mode(
            "mobile",
            _PSP,
            r"[A-Za-z0-9-]{4,35}",
            say("the wallet's reference, 4 to 35 characters"),
            _named("provider", say("whose wallet it is, such as M-Pesa or Paytm")),
        ),
        _mode(
            "cheque",
            LedgerAccount.AGENT_CHEQUE,
            r"\d{4,12}",
            say("the cheque's number"),
            _named("bank", say("the bank that the cheque is drawn on")),
            _detail("dated_on", r"\d{4}-\d{2}-\d{2}", say("the date on the cheque, as 2026-11-30")),
        ),
    )
}

# NEFT's UTR has 16 characters, RTGS's 22; IMPS has an RRN. WhatsApp's payments in India are UPI's.
_LOCAL: Mapping[tuple[str, str], tuple[str, str]] = {
    ("IN", "transfer"): (
        r"[A-Za-z]{4}[A-Za-z0-9]{12}|[A-Za-z]{4}[A-Za-z0-9]{18}|\d{12}",
        say("the UTR: 16 characters of NEFT, 22 of RTGS, or 12 digits of IMPS"),
    ),
    ("IN", "whatsapp"): _RRN,
}

COUNTRIES = {
    "BR": ("cash", "card", "transfer", "whatsapp"),
    "CL": ("cash", "card", "transfer"),
    "CO": ("cash", "card", "transfer", "mobile"),
    "GB": ("cash", "card", "transfer", "cheque"),
    "ID": ("cash", "card", "transfer", "mobile"),
    "IN": ("cash", "upi", "card", "cheque", "transfer", "aeps", "whatsapp", "mobile"),
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


def mode_in(code: str, country: str) -> Mode:
    """A known mode, with the reference that it has in a country."""
    pattern, expected = _LOCAL.get((country, code), (None, None))
    if pattern is None or expected is None:
        return MODES[code]
    return replace(MODES[code], reference=re.compile(pattern, re.ASCII), expected=expected)


def checked_mode(
    code: str, reference: str | None, details: Mapping[str, str], country: str
) -> Mode:
    """The mode of a payment that comes with what it must.

    Raises `ModeNotTakenHere`, or `InvalidField` that names what is missing or not of its kind.
    """
    modes = modes_in(country)
    if code not in modes:
        raise ModeNotTakenHere(code, country, modes)
    mode = mode_in(code, country)
    if mode.reference is None:
        if reference is not None:
            raise InvalidField("mode_reference", mode.expected)
    elif reference is None or not mode.reference.fullmatch(reference):
        raise InvalidField("mode_reference", mode.expected)
    _check_details(mode, details)
    return mode


def _check_details(mode: Mode, details: Mapping[str, str]) -> None:
    known = {detail.name: detail for detail in mode.details}
    for name in details:
        if name not in known:
            told = say("only {known}", known=", ".join(known)) if known else say("nothing")
            raise InvalidField(
                f"mode_details.{name}", say("{told} for {code}", told=told, code=mode.code)
            )
    for detail in mode.details:
        value = details.get(detail.name)
        if value is None and not detail.is_required:
            continue
        if value is None or not detail.allows(value):
            raise InvalidField(f"mode_details.{detail.name}", detail.expected)
