"""Find visits at times at which contact rules allow none."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from collection.gate.asked import Gate
from collection.gate.facts import HOME_VISIT
from collection.gate.store import load_gate
from collection.gate.wall import day_span
from data.session import Session
from geofence.findings.contact_hours import store
from geofence.findings.contact_hours.outside import Made, Outside, outside_hours
from geofence.findings.finding import Found
from geofence.findings.store import Asked


async def outside_contact_hours(session: Session, asked: Asked) -> list[Found]:
    """Visits of which a part lies outside the hours in which rules allow them; the newest first."""
    made = await store.visits_made(session, asked)
    found: list[Outside] = []
    gates: dict[date, Gate] = {}
    for day in {visit.day for visit in made}:
        of_day = [visit for visit in made if visit.day == day]
        case_ids = {case_id for visit in of_day for case_id in visit.case_ids}
        gates[day] = (await load_gate(session, case_ids, day)).of_time()
        found += _outside(gates[day], day, of_day)
    if not found:
        return []
    given = [(each.visit.id, _figures(gates[each.visit.day], each)) for each in found]
    return await store.tell(session, asked, given)


def _outside(gate: Gate, day: date, visits: Sequence[Made]) -> list[Outside]:
    hours = gate.hours(day, HOME_VISIT)
    found = []
    for visit in visits:
        its = [(case_id, hours[case_id]) for case_id in visit.case_ids if case_id in hours]
        outside = outside_hours(visit, day_span(visit.zone, day)[0], its)
        if outside is not None:
            found.append(outside)
    return found


def _figures(gate: Gate, outside: Outside) -> dict[str, Any]:
    visit, windows = outside.visit, outside.hours.windows
    midnight = day_span(visit.zone, visit.day)[0]
    opens, closes = (
        (
            _clock(midnight + windows[0][0], visit.zone),
            _clock(midnight + windows[-1][1], visit.zone),
        )
        if windows
        else (None, None)
    )
    hits = (
        gate.hits(outside.case_id, HOME_VISIT, visit.began_at)
        or gate.hits(outside.case_id, HOME_VISIT, visit.ended_at)
    )  # fmt: skip
    return {
        "outside_s": outside.outside_s, "verdict": visit.verdict, "contact_from": opens,
        "contact_to": closes, "rule": outside.hours.barred or "; ".join(h.words for h in hits),
    }  # fmt: skip


def _clock(second: float, zone: str) -> str:
    shown = datetime.fromtimestamp(second, UTC).astimezone(ZoneInfo(zone))
    return f"{shown:%H:%M}"
