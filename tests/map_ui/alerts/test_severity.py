"""Which kinds of alerts stand out."""

import pytest

from map_ui.alerts.severity import Severity, severity


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("panic", Severity.PANIC),
        ("no_panic_contact", Severity.NOTICE),
        ("cash_limit", Severity.URGENT),
        ("mock_position", Severity.URGENT),
        ("agent_silent", Severity.URGENT),
        ("outside_fence", Severity.URGENT),
        ("low_battery", Severity.NOTICE),
        ("running_late", Severity.NOTICE),
        ("", Severity.NOTICE),
    ],
)
def test_an_alert_is_as_pressing_as_its_kind(kind: str, expected: Severity) -> None:
    assert severity(kind) is expected


def test_a_panic_goes_before_everything() -> None:
    assert max(Severity) is Severity.PANIC
