"""Look who is missing, and who is back: somebody decides, or a policy does."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from allocation.absence import store
from allocation.absence.store import Back
from core.said import say
from data.alerts import NewAlert, open_alerts, settle_alerts
from data.queue import enqueue
from data.session import Session
from identity.attendance import store as attendance
from identity.attendance.store import Missing

MISSING, BACK = "agent_missing", "agent_is_back"
"""Alerts about an agent who has not signed on, and about one who dropped out and has."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to. `handed_over` are agents whose visits a policy hands over."""

    missing: int
    handed_over: int
    back: int


async def look_who_is_missing(session: Session, now: datetime) -> Looked:
    """Have an alert open about each agent in scope who is missing, or is back while others make
    the visits; where the branch's policy says so, have neighbors stand in at once.

    An alert is taken back when the agent signs on, drops out, or when the shift is over.
    """
    missing = await attendance.missing(session, now)
    back = await store.signed_on_again(session, now)
    for one in missing:
        if one.stand_in:
            await enqueue(
                session, "absence.stand_in", once=f"absent:{one.agent_id}",
                agent_id=str(one.agent_id),
            )  # fmt: skip
    wanted = [*(_missing(one) for one in missing), *map(_back, back)]
    await settle_alerts(session, await open_alerts(session, [MISSING, BACK]), wanted, now)
    return Looked(len(missing), sum(one.stand_in for one in missing), len(back))


def reason_of(one: Missing) -> str:
    """Why somebody who is missing counts as absent."""
    return say(
        "not signed on since the shift began at {begins_at}",
        begins_at=_clock(one.begins_at, one.zone),
    )


def _missing(one: Missing) -> NewAlert:
    what = say("Neighbors are given the visits.") if one.stand_in else (
        say("Call; if the agent does not come, hand over today's visits.")
    )  # fmt: skip
    detail = say(
        "{agent} has not signed on since the shift began at {begins_at}. {what}",
        agent=one.agent,
        begins_at=_clock(one.begins_at, one.zone),
        what=what,
    )
    return NewAlert(
        one.branch_id,
        MISSING,
        one.agent_id,
        say("{agent} has not signed on", agent=one.agent),
        detail,
        one.agent_id,
        facts={"begins_at": one.begins_at.isoformat()},
    )


def _back(one: Back) -> NewAlert:
    return NewAlert(
        one.branch_id,
        BACK,
        one.agent_id,
        say("{agent} is back", agent=one.agent),
        say(
            "{agent} signed on at {signed_on_at}. Others make {out} of the visits; what "
            "they have not made can be given back.",
            agent=one.agent,
            signed_on_at=_clock(one.signed_on_at, one.zone),
            out=one.out,
        ),
        one.agent_id,
        facts={"signed_on_at": one.signed_on_at.isoformat(), "out": one.out},
    )


def _clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
