"""Structured logs: dotted past-tense events with fields, one line each."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

PERSONAL = frozenset({
    "address", "address_line", "body", "customer", "customer_name", "email", "full_name", "line",
    "mobile", "note", "password", "person_name", "phone", "secret", "sent_to", "text", "token",
    "username",
})  # fmt: skip
"""Fields that no event may have: ids tell the same to whoever may look them up."""

WITHHELD = "withheld"
_NUMBER = re.compile(r"\+[0-9][0-9 ().-]{6,18}[0-9]")
_EMAIL = re.compile(r"[^@\s<>'\"=]+@[^@\s<>'\"=]+\.[A-Za-z]{2,}")


def without_personal_data(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The event without what tells of a person: fields that are known to, and phone numbers and
    e-mail addresses within texts, such as an error's."""
    for name, value in event.items():
        if name in PERSONAL:
            event[name] = WITHHELD
        elif isinstance(value, str) and ("@" in value or "+" in value):
            event[name] = _EMAIL.sub(WITHHELD, _NUMBER.sub(WITHHELD, value))
    return event


def configure(level: str = "INFO", *, json: bool = False) -> None:
    """Set up structlog once per process: readable on a terminal, JSON where `json`."""
    # Plain tracebacks: the pretty ones print local variables, and those hold people's data.
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            without_personal_data,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(logging.getLevelName(level), logging.WARNING), stream=sys.stderr)
