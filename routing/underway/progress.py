"""What a look at a round finds: the expected time of each stop, how late, which are at risk."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from routing.underway.eta import Etas
from routing.underway.ride import Progress, Ride, StopToCome
from routing.underway.when import AT_RISK_S, Underway, at_risk_now


@dataclass(frozen=True, slots=True)
class ExpectedStop:
    """When a stop is expected. `slack_s` is how long before its window closes the visit begins
    (negative: too late), `late_s` how much later than planned (negative: earlier)."""

    stop_id: UUID
    case_id: UUID
    seq: int
    arrives_at: datetime
    begins_at: datetime
    departs_at: datetime
    closes_at: datetime
    slack_s: float
    late_s: int
    travel_s: int
    service_s: int
    has_window: bool
    is_here: bool

    def told(self) -> dict[str, Any]:
        """As the live map shows it."""
        return {
            "stop_id": str(self.stop_id),
            "begins_at": self.begins_at.isoformat(),
            "late_s": self.late_s,
            "slack_s": round(self.slack_s),
            "has_window": self.has_window,
        }


@dataclass(frozen=True, slots=True)
class Expected:
    """An agent's expected times. `late_s` is that of the next stop to begin; 0 without one."""

    stops: tuple[ExpectedStop, ...]
    late_s: int
    ends_at: datetime


def expected(rides: Sequence[Ride], etas: Etas) -> dict[UUID, Expected]:
    """By agent, the expected times of `rides` in words of their stops."""
    arrives, begins, departs, slack = (
        column.tolist() for column in (etas.arrives_s, etas.begins_s, etas.departs_s, etas.slack_s)
    )
    ends = etas.ends_s.tolist()
    found = {}
    for row, ride in enumerate(rides):
        stops = tuple(
            _stop(stop, arrives[row][nth], begins[row][nth], departs[row][nth], slack[row][nth])
            for nth, stop in enumerate(ride.stops)
            if stop.case_id is not None
        )
        late_s = next((stop.late_s for stop in stops if not stop.is_here), 0)
        found[ride.agent_id] = Expected(stops, late_s, _at(ends[row]))
    return found


def _stop(
    stop: StopToCome, arrives_s: float, begins_s: float, departs_s: float, slack_s: float
) -> ExpectedStop:
    assert stop.case_id is not None
    return ExpectedStop(
        stop.id, stop.case_id, stop.seq, _at(arrives_s), _at(begins_s), _at(departs_s),
        _at(stop.closes_s), slack_s, round(begins_s - stop.begins_s), round(stop.travel_s),
        round(stop.service_s), stop.has_window, stop.is_here,
    )  # fmt: skip


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds), UTC)


def progress(ride: Ride, its: Expected) -> Progress:
    """As it is stored."""
    stops = tuple(
        {
            **stop.told(),
            "case_id": str(stop.case_id),
            "seq": stop.seq,
            "arrives_at": stop.arrives_at.isoformat(),
            "departs_at": stop.departs_at.isoformat(),
            "travel_s": stop.travel_s,
            "service_s": stop.service_s,
        }
        for stop in its.stops
    )
    return Progress(ride.agent_id, ride.branch_id, ride.round_id, its.ends_at, its.late_s, stops)


def risks(ride: Ride, its: Expected, open_: Collection[UUID], now: datetime) -> list[ExpectedStop]:
    """The stops whose window is at risk, the first to close first; `open_` are the cases that have
    been told of already.

    A stop without hours of its own is at risk only where contact hours end before it, and not
    when it was passed by: that is an order to decide on, not a delay. What needs no visit any more
    is not at risk.
    """
    gone = {s.case_id for s in ride.stops if s.is_gone or (s.is_passed and not s.has_window)}
    found = [
        stop
        for stop in its.stops
        if not stop.is_here
        and stop.case_id not in gone
        and at_risk_now(
            stop.slack_s,
            (stop.closes_at - now).total_seconds(),
            was_at_risk=stop.case_id in open_,
        )
    ]
    return sorted(found, key=lambda stop: (stop.closes_at, stop.seq))


def underway(ride: Ride, its: Expected) -> Underway:
    """The facts that decide whether the round is worth planning again."""
    to_come = [stop for stop in its.stops if not stop.is_here]
    return Underway(
        planned_at=ride.planned_at,
        stops=len(to_come),
        off_plan_s=its.late_s,
        over_s=its.ends_at.timestamp() - ride.shift_ends_s,
        at_risk=[stop.case_id for stop in to_come if stop.slack_s < AT_RISK_S],
        gone=[s.case_id for s in ride.stops if s.is_gone and not s.is_here and s.case_id],
        added=ride.added,
        urgent=ride.urgent,
        out_of_order=[s.case_id for s in ride.stops if s.is_passed and s.case_id],
        left_out=ride.left_out,
        has_offer=ride.has_offer,
        considered=ride.considered,
        considered_at=ride.considered_at,
    )
