"""Numbers and e-mail addresses, in the one form in which they are kept and compared."""

from enum import StrEnum

from collection.phone import e164
from core.email_address import check_email
from core.errors import InvalidField
from core.said import say


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
        check_email("value", text)
        return text.lower()
    number = e164(text, country)
    if number is None:
        raise InvalidField(
            "value",
            say("a phone number as it is dialed in {country}, or from abroad", country=country),
        )
    return number
