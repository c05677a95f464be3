"""How findings are told."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from geofence.findings.finding import Figures, Found, Kind

NINE = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "figures", "customers", "text"),
    [
        (
            Kind.OVERLAP, {"overlap_s": 84.4, "distance_m": 120.2}, ("Ana", "Eva"),
            "two visits overlap by 84 s, 120 m apart (Ana and Eva)",
        ),
        (Kind.GAP, {"lasted_s": 1500.0}, (), "no ping for 25 min on duty, outside any visit"),
        (
            Kind.TWO_PLACES, {"distance_m": 5567.3, "shown_by": "receipt"}, (),
            "the receipt was 5567 m from where the pings were",
        ),
        (
            Kind.OUTSIDE_CONTACT_HOURS, {"contact_from": "08:00", "contact_to": "19:00"},
            ("Ana", "Eva", "Isa", "Ida"),
            "a visit at Ana, Eva and 2 more outside the contact hours, 08:00 to 19:00",
        ),
        (
            Kind.OUTSIDE_CONTACT_HOURS,
            {"contact_from": None, "contact_to": None, "rule": "no visits on Sundays (test)"},
            ("Ana",), "a visit at Ana when none was allowed: no visits on Sundays (test)",
        ),
        (
            Kind.NOT_VISITED, {"why": "others_met"}, ("Ana",),
            "Ana was planned; the house was visited for somebody else",
        ),
        (
            Kind.NOT_PLANNED, {"has_plan": False}, (),
            "a visit at nobody with an open case; there was no plan",
        ),
    ],
)  # fmt: skip
def test_a_finding_is_a_sentence_with_the_branchs_time(
    kind: Kind, figures: Figures, customers: tuple[str, ...], text: str
) -> None:
    found = Found(
        UUID(int=1), kind, UUID(int=2), "Diego Soto", "B1", "America/Santiago", date(2026, 11, 23),
        NINE, NINE, figures, customers,
    )  # fmt: skip
    assert found.text == f"09:00: {text}"
