"""What is told of rounds underway, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from routing.underway.progress import ExpectedStop
from routing.underway.ride import Ride
from routing.underway.when import Cause

WHY = {
    Cause.URGENT: "An urgent case was added",
    Cause.GONE: "A stop needs no visit today any more",
    Cause.ADDED: "A case was added",
    Cause.WINDOW: "A customer's hours would be missed",
    Cause.OVERTIME: "The round would end after the shift",
    Cause.OUT_OF_ORDER: "A later stop was made first",
    Cause.AHEAD: "There is time for more",
    Cause.COMMAND: "Somebody asked for it",
}


def at_risk_words(ride: Ride, stop: ExpectedStop, now: datetime) -> tuple[str, str]:
    """Title and detail of an alert about a window at risk. Times are the branch's."""
    zone = ZoneInfo(ride.zone)
    closes = f"{stop.closes_at.astimezone(zone):%H:%M}"
    comes = f"{stop.begins_at.astimezone(zone):%H:%M}"
    hours = "the customer's hours end" if stop.has_window else "contact hours end"
    if stop.closes_at < now:
        return (
            f"{ride.agent} missed stop {stop.seq}",
            f"It had to begin by {closes}, when {hours}. Call the customer, or move the visit.",
        )
    minutes = round(abs(stop.slack_s) / 60)
    how = f"{minutes} min too late" if stop.slack_s < 0 else f"with {minutes} min to spare"
    return (
        f"{ride.agent} may miss stop {stop.seq}",
        f"Expected at {comes}, {how}: it has to begin by {closes}, when {hours}."
        " Call the customer, or plan the round again.",
    )
