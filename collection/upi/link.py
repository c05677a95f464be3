"""A UPI link: what a payer's app opens, from a tap or a QR code.

Rules of NPCI's "UPI Linking Specifications", version 1.6: `pa` and `pn` are mandatory, `tr` is for
whoever must recognize the payment, `am` has a point and two decimals and cannot be edited by the
payer when it is there, `cu` is INR.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote

from core.errors import InvalidField
from core.money import Money
from core.said import say

VPA = re.compile(r"[a-zA-Z0-9.\-]{2,256}@[a-zA-Z][a-zA-Z0-9]{1,63}", re.ASCII)
LONGEST_NAME, LONGEST_REFERENCE, LONGEST_NOTE = 99, 35, 50
_REFERENCE = re.compile(rf"[A-Za-z0-9]{{1,{LONGEST_REFERENCE}}}", re.ASCII)
_NOT_IN_NOTES = re.compile(r"[^\w .,/-]+")


@dataclass(frozen=True, slots=True)
class UpiRequest:
    """A payment to ask for. `reference` is ours, `note` what the payer reads.

    Raises `InvalidField` for what the specification does not allow.
    """

    payee_vpa: str
    payee_name: str
    amount: Money
    reference: str
    note: str

    def __post_init__(self) -> None:
        if not VPA.fullmatch(self.payee_vpa):
            raise InvalidField("upi_payee_vpa", say("a UPI address, such as lender@bank"))
        if not 1 <= len(self.payee_name) <= LONGEST_NAME:
            raise InvalidField(
                "upi_payee_name", say("1 to {longest_name} characters", longest_name=LONGEST_NAME)
            )
        if self.amount.currency != "INR":
            raise InvalidField("amount.currency", say("INR: UPI takes no other"))
        if self.amount.amount_minor <= 0:
            raise InvalidField("amount_minor", say("more than 0"))
        if not _REFERENCE.fullmatch(self.reference):
            raise InvalidField(
                "reference",
                say(
                    "1 to {longest_reference} letters and digits",
                    longest_reference=LONGEST_REFERENCE,
                ),
            )
        if len(self.note) > LONGEST_NOTE:
            raise InvalidField(
                "note", say("at most {longest_note} characters", longest_note=LONGEST_NOTE)
            )


def upi_link(request: UpiRequest) -> str:
    """The link; the same for the same request."""
    rupees, paise = divmod(request.amount.amount_minor, 100)
    told = {
        "pa": request.payee_vpa,
        "pn": request.payee_name,
        "tr": request.reference,
        "tn": request.note,
        "am": f"{rupees}.{paise:02d}",
        "cu": "INR",
    }
    # The @ of an address stays: apps there are that read it as it is.
    return "upi://pay?" + "&".join(
        f"{name}={quote(value, safe='@' if name == 'pa' else '')}" for name, value in told.items()
    )


def reference_of(text: str) -> str:
    """A reference of at most 35 letters and digits, made of an account's number or the like."""
    kept = re.sub(r"[^A-Za-z0-9]", "", text)
    return kept[-LONGEST_REFERENCE:] or "0"


def note_of(text: str) -> str:
    """A note that every app can show."""
    return _NOT_IN_NOTES.sub(" ", text).strip()[:LONGEST_NOTE]
