"""Forged and honest days before our judge of spoofing, which only this file knows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from benchmarks._visit_spoofs import KINDS, SentDay, forged_day, honest_day
from benchmarks._visit_streets import demo_city
from core.geometry import LatLon
from geofence.spoofing.day import judge_day
from geofence.spoofing.phone_day import PhoneDay

HONEST = "honest"


class Judged(NamedTuple):
    """How a day was made, whether it carried the mock flag, and what the judge says and why."""

    kind: str
    flagged: bool
    suspected: bool
    reasons: tuple[str, ...]


def judged(seed: int, kind: str, number: int) -> Judged:
    """Make a day of this kind, or an honest one, and have it judged."""
    city = demo_city()
    honest = kind == HONEST
    day = honest_day(city, seed, number) if honest else forged_day(city, seed, kind, number)
    addresses = [LatLon(lat, lon) for lat, lon in day.addresses.tolist()]
    verdict = judge_day(_phone_day(day.sent), [_phone_day(old) for old in day.older], addresses)
    reasons = tuple(sorted({reason.code for reason in verdict.reasons}))
    return Judged(kind, day.flagged, verdict.suspected, reasons)


def _phone_day(sent: SentDay) -> PhoneDay:
    came = sent.pings
    return PhoneDay(
        t_s=came.t_s,
        received_s=came.received_s,
        lat=came.lat,
        lon=came.lon,
        accuracy_m=came.accuracy_m,
        speed_mps=came.speed_mps,
        heading_deg=came.heading_deg,
        altitude_m=came.altitude_m,
        mock=came.mock,
        device=sent.device,
    )


def spoof_figures(days: Sequence[Judged]) -> dict[str, Any]:
    """Forged days caught, also by kind and without the mock flag; honest days accused."""
    forged = [day for day in days if day.kind != HONEST]
    unflagged = [day for day in forged if not day.flagged]
    by_kind = {kind: _caught([day for day in forged if day.kind == kind]) for kind in KINDS}
    return {
        "spoof_recall": _caught(forged),
        "spoof_false_alarm": _caught([day for day in days if day.kind == HONEST]),
        "spoof_recall_unflagged": _caught(unflagged),
        "spoof_recall_by_kind": by_kind,
    }


def _caught(days: Sequence[Judged]) -> float | None:
    return round(sum(day.suspected for day in days) / len(days), 4) if days else None
