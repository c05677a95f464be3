"""Pins of addresses from the agent's phone."""

from uuid import UUID

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, FixBody, Instant, Moment, ReasonAnswer, Text
from geofence.address_points.pin_address import PinReport, pin_address

router = Router(prefix="/v1/agent", tags=["agent: visits"])


class PinBody(Body):
    """Where the phone stands, at the door of a case's customer."""

    case_id: UUID
    device_time: Moment
    fix: FixBody
    note: Text | None = None


class PinAnswer(Answer):
    """The pin as taken down. `is_placed`: the address was not on the map, and is now."""

    id: UUID
    case_id: UUID
    address_id: UUID
    device_time: Instant
    server_time: Instant
    is_placed: bool
    distance_m: float | None
    reasons: list[ReasonAnswer]


@router.put("/address-pins/{id}")
async def put_address_pin(
    id: FactId,  # noqa: A002
    body: PinBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> PinAnswer:
    """Say where an address is that is not on the map. Where it is already, the pin is kept beside
    its point with the distance, and changes nothing."""
    report = PinReport(id, body.case_id, body.device_time, body.fix.fix(), body.note, body.digest())
    return PinAnswer.model_validate(await pin_address(session, agent.id, report, now))
