"""What the payment gateway tells us."""

from typing import Annotated

from fastapi import Path, Request

from api.customers.gateway import TheGateway
from api.deps import Db, Now
from api.routing import Router
from api.schemas import Answer
from collection.payments.errors import NoGateway, NotFromGateway
from collection.payments.events.event import Outcome
from collection.payments.events.take_event import take_event
from collection.payments.gateways.webhook import checked_id
from core.clock import REAL
from data.session import EVERYTHING

router = Router(prefix="/v1/gateway-events", tags=["payments"])

LONGEST = 65_536


class OutcomeAnswer(Answer):
    """What came of the event; the same for one that comes again."""

    outcome: Outcome


@router.post(
    "/{gateway}",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {}}}},
)
async def post_gateway_event(
    gateway: Annotated[str, Path(pattern="^[a-z]{1,20}$")],
    request: Request,
    set_up: TheGateway,
    database: Db,
    now: Now,
) -> OutcomeAnswer:
    """A webhook of the gateway, signed as Standard Webhooks have it, no more than five minutes
    old. It is applied once, however often and in whatever order events come."""
    if set_up is None or set_up.gateway.name != gateway:
        raise NoGateway
    body = await _body(request)
    event_id = checked_id(set_up.secrets, request.headers, body, REAL.now())
    async with database.transaction(EVERYTHING) as session:
        return OutcomeAnswer(outcome=await take_event(session, gateway, event_id, body, now))


async def _body(request: Request) -> bytes:
    """The body, unless it is longer than any event: nobody has signed in who sends it."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            raise NotFromGateway(f"Send at most {LONGEST:,} bytes")
    return bytes(body)
