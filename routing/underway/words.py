"""What is told of rounds underway, in words."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.said import say, say_all, say_many
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


MOST_TOLD = 3
"""So many of a round's visits at risk are told one by one, the first to close."""


def at_risk_words(ride: Ride, stops: Sequence[ExpectedStop], now: datetime) -> tuple[str, str]:
    """Title and detail of an alert about windows of a round at risk. Times are the branch's."""
    if len(stops) == 1:
        return _one_at_risk(ride, stops[0], now)
    zone = ZoneInfo(ride.zone)
    told = [_line(stop, zone, now) for stop in stops[:MOST_TOLD]]
    return (
        say_many(
            "{count} visit of {agent} is at risk",
            "{count} visits of {agent} are at risk",
            len(stops),
            agent=ride.agent,
        ),
        say_all([say_all(told), say("Call the customers, or plan the round again.")], ". "),
    )


def _line(stop: ExpectedStop, zone: ZoneInfo, now: datetime) -> str:
    closes = f"{stop.closes_at.astimezone(zone):%H:%M}"
    comes = f"{stop.begins_at.astimezone(zone):%H:%M}"
    if stop.closes_at < now:
        return say("Stop {seq} had to begin by {closes}", seq=stop.seq, closes=closes)
    return say(
        "Stop {seq} has to begin by {closes} and is expected at {comes}",
        seq=stop.seq,
        closes=closes,
        comes=comes,
    )


def _one_at_risk(ride: Ride, stop: ExpectedStop, now: datetime) -> tuple[str, str]:
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
