"""Numbers and e-mail addresses, in the one form in which they are kept and compared."""

import re
from enum import StrEnum

from collection.phone import e164
from core.errors import InvalidField

_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,190}\.[^@\s.\x00]{2,60}")


class ContactKind(StrEnum):
    """What a customer is reached by."""

    PHONE = "phone"
    EMAIL = "email"


class Exclusion(StrEnum):
    """Why a number is not to be used."""

    CHANGED_HANDS = "changed_hands"
    WRONG_NUMBER = "wrong_number"
    DO_NOT_USE = "do_not_use"
    OUT_OF_ORDER = "out_of_order"


def contact_value(kind: ContactKind, text: str, country: str) -> str:
    """A number as E.164, as it is dialed in a country (ISO 3166); an e-mail address in lower case.

    Raises `InvalidField`.
    """
    if kind is ContactKind.EMAIL:
        if not _EMAIL.fullmatch(text):
            raise InvalidField("value", "an e-mail address such as ana@example.org")
        return text.lower()
    number = e164(text, country)
    if number is None:
        raise InvalidField("value", f"a phone number as it is dialed in {country}, or from abroad")
    return number
