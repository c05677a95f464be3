"""Whether lines of a log tell of a person whom the factories have made up."""

import re

LOG_LINE = re.compile(
    r"^\S*\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S* \S*\[(?:debug|info|warning|error|critical)\s*\]"
    r'|^\{.*"event":'
)
SOMEBODY = re.compile(r"María González|Sofía Rojas|Rosa Quispe|\+56 ?9[ \d]{8,}|@example\.org")


def names_somebody(logged: str) -> str | None:
    """The first line of a log in `logged` that names somebody; None when none does."""
    return next(
        (
            line for line in logged.splitlines()
            if LOG_LINE.match(line) and SOMEBODY.search(line)
        ),
        None,
    )  # fmt: skip
