"""What would be right for a field that cannot be used, in place of what the framework says of it:
in the words of who fills in a form, and to be told in other languages."""

from collections.abc import Mapping
from typing import Any

from core.said import Said, say

WORDS: Mapping[str, Said] = {
    "missing": say("required"),
    "extra_forbidden": say("no such field"),
    "greater_than": say("more than {gt}"),
    "greater_than_equal": say("{ge} or more"),
    "less_than": say("less than {lt}"),
    "less_than_equal": say("{le} or less"),
    "multiple_of": say("a multiple of {multiple_of}"),
    "finite_number": say("a finite number"),
    "string_type": say("a text"),
    "enum": say("one of {expected}"),
    "literal_error": say("one of {expected}"),
    "dict_type": say("an object"),
    "list_type": say("a list"),
    "bool_type": say("true or false"),
    "bool_parsing": say("true or false"),
    "int_type": say("a whole number"),
    "int_parsing": say("a whole number"),
    "int_from_float": say("a whole number"),
    "float_type": say("a number"),
    "float_parsing": say("a number"),
    "date_type": say("a date, such as 2026-01-31"),
    "date_parsing": say("a date, such as 2026-01-31"),
    "date_from_datetime_parsing": say("a date, such as 2026-01-31"),
    "time_type": say("a time, such as 17:00"),
    "time_parsing": say("a time, such as 17:00"),
    "datetime_type": say("a date and time, such as 2026-01-31T17:00:00Z"),
    "datetime_parsing": say("a date and time, such as 2026-01-31T17:00:00Z"),
    "datetime_from_date_parsing": say("a date and time, such as 2026-01-31T17:00:00Z"),
    "timezone_aware": say("a time with its zone, such as 2026-01-31T17:00:00Z"),
    "uuid_type": say("a UUID"),
    "uuid_parsing": say("a UUID"),
    "string_pattern_mismatch": say("a text of the form '{pattern}'"),
}
COUNTED: Mapping[str, tuple[Said, Said, str]] = {
    "string_too_short": (
        say("required"),  # what is too short for one character is empty
        say("at least {min_length} characters"),
        "min_length",
    ),
    "string_too_long": (
        say("at most {max_length} character"),
        say("at most {max_length} characters"),
        "max_length",
    ),
    "too_short": (say("at least one"), say("at least {min_length}"), "min_length"),
    "too_long": (say("at most one"), say("at most {max_length}"), "max_length"),
}
"""Those that count something, with the member of the context that says how many."""


def expected_words(error: Mapping[str, Any]) -> str:
    """What would be right, of one error as Pydantic tells it."""
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "value_error":
        own = facts["error"].args[0]
        return own if isinstance(own, Said) else str(own)
    text = WORDS.get(kind)
    if kind in COUNTED:
        one, many, count = COUNTED[kind]
        text = one if facts[count] == 1 else many
    if text is None:
        return str(error["msg"])
    return say(text.text, **{name: str(fact) for name, fact in facts.items()})
