"""What is told of rounds underway, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.said import say
from routing.underway.progress import ExpectedStop
from routing.underway.ride import Ride
from routing.underway.when import Cause

WHY = {
    Cause.URGENT: say("An urgent case was added"),
    Cause.GONE: say("A stop needs no visit today any more"),
    Cause.ADDED: say("A case was added"),
    Cause.WINDOW: say("A customer's hours would be missed"),
    Cause.OVERTIME: say("The round would end after the shift"),
    Cause.OUT_OF_ORDER: say("A later stop was made first"),
    Cause.AHEAD: say("There is time for more"),
    Cause.COMMAND: say("Somebody asked for it"),
}


def at_risk_words(ride: Ride, stop: ExpectedStop, now: datetime) -> tuple[str, str]:
    """Title and detail of an alert about a window at risk. Times are the branch's."""
    zone = ZoneInfo(ride.zone)
    closes = f"{stop.closes_at.astimezone(zone):%H:%M}"
    comes = f"{stop.begins_at.astimezone(zone):%H:%M}"
    hours = say("the customer's hours end") if stop.has_window else say("contact hours end")
    if stop.closes_at < now:
        return (
            say("{agent} missed stop {seq}", agent=ride.agent, seq=stop.seq),
            say(
                "It had to begin by {closes}, when {hours}. Call the customer, or move the visit.",
                closes=closes,
                hours=hours,
            ),
        )
    minutes = round(abs(stop.slack_s) / 60)
    how = (
        say("{minutes} min too late", minutes=minutes)
        if stop.slack_s < 0
        else say("with {minutes} min to spare", minutes=minutes)
    )
    return (
        say("{agent} may miss stop {seq}", agent=ride.agent, seq=stop.seq),
        say(
            "Expected at {comes}, {how}: it has to begin by {closes}, when {hours}. Call "
            "the customer, or plan the round again.",
            comes=comes,
            how=how,
            closes=closes,
            hours=hours,
        ),
    )
