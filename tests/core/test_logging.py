"""Logs have ids and never people."""

import io
import logging as standard
from typing import Any

import pytest
import structlog

from core import logging
from core.logging import WITHHELD, without_personal_data
from tests.log_lines import names_somebody


@pytest.mark.parametrize(
    ("event", "logged"),
    [
        ({"phone": "+56912345678", "case_id": "c"}, {"phone": WITHHELD, "case_id": "c"}),
        ({"full_name": "María"}, {"full_name": WITHHELD}),
        ({"error": "to +56 9 1234 5678: no"}, {"error": f"to {WITHHELD}: no"}),
        ({"error": "ana@example.org is taken"}, {"error": f"{WITHHELD} is taken"}),
        ({"error": "at +00:00 1 + 1 = 2"}, {"error": "at +00:00 1 + 1 = 2"}),
        ({"count": 3}, {"count": 3}),
        (
            {"error": "refused\nDETAIL:  Failing row contains (7, María,\n\nGonzález).\n[SQL: …"},
            {"error": f"refused\nDETAIL:  {WITHHELD}\n[SQL: …"},
        ),
        (
            {"error": 'refused\nCONTEXT:  COPY incoming, line 3: "María"'},
            {"error": f"refused\nCONTEXT:  COPY{WITHHELD}"},
        ),
    ],
)
def test_an_event_goes_out_without_what_tells_of_a_person(
    event: dict[str, Any], logged: dict[str, Any]
) -> None:
    assert without_personal_data(None, "info", event) == logged


@pytest.mark.parametrize("json", [True, False])
def test_a_traceback_goes_out_without_it_too(json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    before = structlog.get_config()
    logging.configure(json=json)
    try:
        try:
            raise ValueError("ana@example.org, +56912345678")
        except ValueError:
            structlog.get_logger().exception("message.not_sent", message_id="m")
    finally:
        structlog.configure(**before)
    said = out.getvalue()
    assert "message.not_sent" in said
    assert "ValueError" in said
    assert "ana@" not in said
    assert "+569" not in said


def test_what_libraries_and_the_server_log_goes_out_without_it_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.StringIO()
    before = structlog.get_config()
    for name in ("", "uvicorn"):
        monkeypatch.setattr(standard.getLogger(name), "handlers", [standard.StreamHandler(out)])
    logging.configure()
    structlog.configure(**before)
    standard.getLogger("uvicorn").error("refused: ana@example.org")
    try:
        raise ValueError("+56 9 1234 5678")
    except ValueError:
        standard.getLogger("some.library").exception("it went wrong")
    standard.getLogger("mt940.tags").error('matching id=61 "María González"')
    said = out.getvalue()
    assert said.startswith(f"refused: {WITHHELD}\n")
    assert "Traceback" in said
    assert not any(told in said for told in ("ana@", "5678", "María"))


def test_a_line_that_names_somebody_is_found_however_logs_are_written() -> None:
    plain = "2026-11-27T17:31:46.254Z [warning  ] case.lost   customer='María González'"
    assert names_somebody(f"all well\n{plain}\n") == plain
    assert names_somebody('{"phone": "+56912345678", "event": "case.lost"}')
    assert names_somebody("María González came in") is None, "a page is no log"
    assert names_somebody(plain.replace("María González", "c1")) is None
