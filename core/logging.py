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
TOLD_WHAT_THEY_READ = ("mt940", "ofxtools")
"""Libraries that log lines of a bank's file that they cannot read: who paid, and from where."""
_NUMBER = re.compile(r"\+[0-9][0-9 ().-]{6,18}[0-9]")
_EMAIL = re.compile(r"[^@\s<>'\"=]+@[^@\s<>'\"=]+\.[A-Za-z]{2,}")
_OF_A_ROW = re.compile(
    r"\b(DETAIL:  |CONTEXT:  COPY).*?"
    r"(?=\n(?:HINT:|CONTEXT:|\[SQL|\(Background|\nThe above|\nDuring handling)|\Z)",
    re.DOTALL,
)
"""What PostgreSQL tells of a row that it refuses: all that is in it, however many lines."""


def without_personal_data(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The event without what tells of a person: fields that are known to, and phone numbers,
    e-mail addresses and the database's rows within texts, such as an error's."""
    for name, value in event.items():
        if name in PERSONAL:
            event[name] = WITHHELD
        elif isinstance(value, str):
            event[name] = _without(value)
    return event


def _without(text: str) -> str:
    if "DETAIL:" in text or "CONTEXT:" in text:
        text = _OF_A_ROW.sub(rf"\1{WITHHELD}", text)
    if "@" in text or "+" in text:
        text = _EMAIL.sub(WITHHELD, _NUMBER.sub(WITHHELD, text))
    return text


class _Withholding(logging.Formatter):
    """Writes what another formatter does, without what tells of a person: libraries log for
    themselves, and the server whatever was raised."""

    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self._inner = inner or logging.Formatter()

    def format(self, record: logging.LogRecord) -> str:
        return _without(self._inner.format(record))


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
    for library in TOLD_WHAT_THEY_READ:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    logging.basicConfig(level=max(logging.getLevelName(level), logging.WARNING), stream=sys.stderr)
    for name in (None, "uvicorn"):
        for handler in logging.getLogger(name).handlers:
            if not isinstance(handler.formatter, _Withholding):
                handler.setFormatter(_Withholding(handler.formatter))
