"""What the framework says of a field that cannot be used, as sentences that can be told in other
languages. What stands here in English is word for word the framework's own."""

from collections.abc import Mapping
from typing import Any

from core.said import Said, say

WORDS: Mapping[str, Said] = {
    "missing": say("Field required"),
    "extra_forbidden": say("Extra inputs are not permitted"),
    "greater_than": say("Input should be greater than {gt}"),
    "greater_than_equal": say("Input should be greater than or equal to {ge}"),
    "less_than": say("Input should be less than {lt}"),
    "less_than_equal": say("Input should be less than or equal to {le}"),
    "multiple_of": say("Input should be a multiple of {multiple_of}"),
    "finite_number": say("Input should be a finite number"),
    "string_type": say("Input should be a valid string"),
    "enum": say("Input should be {expected}"),
    "literal_error": say("Input should be {expected}"),
    "dict_type": say("Input should be a valid dictionary"),
    "list_type": say("Input should be a valid list"),
    "bool_type": say("Input should be a valid boolean"),
    "bool_parsing": say("Input should be a valid boolean, unable to interpret input"),
    "int_type": say("Input should be a valid integer"),
    "int_parsing": say("Input should be a valid integer, unable to parse string as an integer"),
    "int_from_float": say("Input should be a valid integer, got a number with a fractional part"),
    "float_type": say("Input should be a valid number"),
    "float_parsing": say("Input should be a valid number, unable to parse string as a number"),
    "date_type": say("Input should be a valid date"),
    "date_parsing": say("Input should be a valid date in the format YYYY-MM-DD, {error}"),
    "date_from_datetime_parsing": say("Input should be a valid date or datetime, {error}"),
    "time_type": say("Input should be a valid time"),
    "time_parsing": say("Input should be in a valid time format, {error}"),
    "datetime_type": say("Input should be a valid datetime"),
    "datetime_parsing": say("Input should be a valid datetime, {error}"),
    "datetime_from_date_parsing": say("Input should be a valid datetime or date, {error}"),
    "timezone_aware": say("Input should have timezone info"),
    "uuid_type": say("UUID input should be a string, bytes or UUID object"),
    "uuid_parsing": say("Input should be a valid UUID, {error}"),
    "string_pattern_mismatch": say("String should match pattern '{pattern}'"),
}
COUNTED: Mapping[str, tuple[Said, Said, str]] = {
    "string_too_short": (
        say("String should have at least {min_length} character"),
        say("String should have at least {min_length} characters"),
        "min_length",
    ),
    "string_too_long": (
        say("String should have at most {max_length} character"),
        say("String should have at most {max_length} characters"),
        "max_length",
    ),
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
