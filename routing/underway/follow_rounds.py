"""Look at all rounds underway: expected times, windows at risk, and what is worth a new plan."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np

from core.geometry import LatLon
from data.alerts import NewAlert, OpenAlerts, Settled, open_alerts, settle_alerts
from data.live import announce
from data.queue import enqueue
from data.session import Session
from routing.travel.cities import Cities
from routing.underway import store
from routing.underway.eta import cascade
from routing.underway.lineup import Leg, lineup, unknown_legs
from routing.underway.offers import store as offers
from routing.underway.pair_times import pair_times
from routing.underway.progress import Expected, ExpectedStop, expected, progress, risks, underway
from routing.underway.ride import Ride
from routing.underway.when import cause_to_replan
from routing.underway.words import at_risk_words

WINDOW_AT_RISK = "window_at_risk"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the field came to."""

    rounds: int
    replanned: int
    alerts: Settled


async def follow_rounds(session: Session, cities: Cities, now: datetime) -> Look | None:
    """Bring expected times, alerts and offers up to date; None while another worker is at it.

    Rounds that are worth planning again are planned by a job that commits with this. Raises
    `NoStreets`.
    """
    # 1. One worker at a time: an alert is raised by whoever sees that it is not open.
    if not await store.begin_look(session):
        return None
    await offers.settle(session, now)
    rides = await store.rides(session, now)
    # 2. When everybody will be where.
    legs = unknown_legs(rides)
    legs_s = await _travel(session, cities, rides, legs)
    etas = expected(rides, cascade(lineup(rides, legs, legs_s, now.timestamp())))
    known = await open_alerts(session, [WINDOW_AT_RISK])
    await store.write_progress(
        session, [progress(ride, etas[ride.agent_id]) for ride in rides], now
    )
    for ride in rides:
        its = etas[ride.agent_id]
        announce(session, ride.branch_id, "etas", {"agent_id": str(ride.agent_id),
                 "late_s": its.late_s, "stops": [stop.told() for stop in its.stops]})  # fmt: skip
    # 3. The windows that are at risk, and those that no longer are.
    settled = await settle_alerts(session, known, _alerts(rides, etas, known, now), now)
    # 4. What is worth planning again.
    replanned = 0
    for ride in rides:
        reason = cause_to_replan(underway(ride, etas[ride.agent_id]), now)
        if reason:
            await store.consider(session, ride.agent_id, reason.key, now)
            await enqueue(
                session,
                "rounds.offer",
                once=f"offer:{ride.agent_id}",
                agent_id=str(ride.agent_id),
                day=ride.day.isoformat(),
                cause=reason.cause.value,
            )
            replanned += 1
    return Look(len(rides), replanned, settled)


async def _travel(
    session: Session, cities: Cities, rides: Sequence[Ride], legs: Sequence[Leg]
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    by_place: dict[LatLon | None, list[int]] = defaultdict(list)
    for number, leg in enumerate(legs):
        by_place[rides[leg.row].branch_at].append(number)
    travel_s = np.zeros(len(legs))
    for place, numbers in by_place.items():
        city = await cities.at(session, place)
        some = [legs[number] for number in numbers]
        travel_s[numbers] = pair_times(city, [leg.from_ for leg in some], [leg.to for leg in some])
    return travel_s


def _alerts(
    rides: Sequence[Ride], etas: dict[UUID, Expected], known: OpenAlerts, now: datetime
) -> list[NewAlert]:
    """One for each round with windows at risk, about the first of them to close."""
    open_ = frozenset(
        UUID(stop["case_id"]) for facts in known.values() for stop in facts.get("stops", [])
    )
    found = ((ride, risks(ride, etas[ride.agent_id], open_, now)) for ride in rides)
    return [
        NewAlert(
            ride.branch_id, WINDOW_AT_RISK, ride.agent_id, *at_risk_words(ride, stops, now),
            ride.agent_id, stops[0].case_id,
            {"cause": _cause(stops, now), "stops": [_told(stop) for stop in stops]},
        )
        for ride, stops in found
        if stops
    ]  # fmt: skip


def _cause(stops: Sequence[ExpectedStop], now: datetime) -> str:
    """It changes with the visits at risk and with those missed; not with their expected times."""
    return " ".join(f"{stop.seq}{'!' if stop.closes_at < now else ''}" for stop in stops)


def _told(stop: ExpectedStop) -> dict[str, object]:
    return {
        "case_id": str(stop.case_id),
        "seq": stop.seq,
        "slack_s": round(stop.slack_s),
        "begins_at": stop.begins_at.astimezone(UTC).isoformat(),
        "closes_at": stop.closes_at.astimezone(UTC).isoformat(),
    }
