"""Phone numbers: the one form in which they are kept, compared and dialed, and the one that is told
to whoever need not know them."""

import phonenumbers


def e164(entered: str, country: str) -> str | None:
    """A number in E.164 (``+919812345678``), read as in a country; None when it cannot be one."""
    try:
        number = phonenumbers.parse(entered, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


SHOWN = 4
"""So many digits at the end tell one number of a customer from another."""


def masked(value: str) -> str:
    """A number with its middle left out, ``+91 ••••• •3210``; an e-mail address as ``a•••@…``.

    What cannot be read as a number is left out but for its end, and as a whole where it is short.
    """
    name, at, host = value.partition("@")
    if at:
        return f"{name[:1]}•••@{host}"
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return f"•••{value[-SHOWN:]}" if len(value) > 2 * SHOWN else "•••"
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    country, _, national = written.partition(" ")
    digits = sum(character.isdigit() for character in national)
    hidden = max(digits - SHOWN, min(digits, SHOWN))
    told = []
    for character in national:
        told.append("•" if character.isdigit() and hidden > 0 else character)
        hidden -= character.isdigit()
    return f"{country} {''.join(told)}"
