"""What an agent is doing, as far as pings can tell."""

from datetime import datetime, timedelta
from enum import StrEnum

MOVING_MPS = 0.7
"""Half a walking pace: phones at rest report up to some 0.5 m/s of drift."""

STALE = timedelta(minutes=10)


class AgentStatus(StrEnum):
    """Where it matters, in this order: off shift before everything, silence before movement."""

    OFF_SHIFT = "off_shift"
    NO_POSITION = "no_position"
    STALE = "stale"
    AT_CUSTOMER = "at_customer"
    MOVING = "moving"
    STANDING = "standing"


def agent_status(
    *,
    on_duty: bool,
    at_customer: bool,
    captured_at: datetime | None,
    speed_mps: float | None,
    now: datetime,
) -> AgentStatus:
    """The status of an agent whose newest ping was taken at `captured_at` (None: no ping yet).

    A speed that the device does not state counts as standing.
    """
    if not on_duty:
        return AgentStatus.OFF_SHIFT
    if captured_at is None:
        return AgentStatus.NO_POSITION
    if now - captured_at > STALE:
        return AgentStatus.STALE
    if at_customer:
        return AgentStatus.AT_CUSTOMER
    return AgentStatus.MOVING if (speed_mps or 0) > MOVING_MPS else AgentStatus.STANDING
