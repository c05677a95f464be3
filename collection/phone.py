"""Phone numbers in the one form in which they are kept, compared and dialed."""

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
