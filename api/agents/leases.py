"""Room in the till for a phone that goes offline."""

from uuid import UUID

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, MoneyAnswer, MoneyBody
from collection.custody.leases.close_lease import return_lease
from collection.custody.leases.grant_lease import grant_lease
from collection.custody.leases.lease import Closed, Lease
from core.money import Money

router = Router(prefix="/v1/agent/leases", tags=["agent: cash"])


class LeaseBody(Body):
    """How much the phone wants to take offline at most; without an amount, all there is."""

    amount: MoneyBody | None = None


class LeaseAnswer(Answer):
    """The lease: the phone enforces `left`, and numbers receipts 1, 2, 3 … behind `prefix`."""

    id: UUID
    prefix: str
    amount: MoneyAnswer
    left: MoneyAnswer
    granted_at: Instant
    expires_at: Instant
    closed_at: Instant | None
    closed_because: Closed | None


def _answer(lease: Lease) -> LeaseAnswer:
    return LeaseAnswer.model_validate(lease)


@router.put("/{id}")
async def put_lease(
    id: FactId,  # noqa: A002
    body: LeaseBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> LeaseAnswer:
    """Lease room to this phone, before it goes offline. One lease at a time."""
    wanted = Money(body.amount.amount_minor, body.amount.currency) if body.amount else None
    return _answer(await grant_lease(session, agent.id, id, wanted, body.digest(), now))


@router.post("/{id}/return")
async def post_return(
    id: UUID,  # noqa: A002
    agent: Agent,
    session: Tx,
    now: Now,
) -> LeaseAnswer:
    """Give back what is left of a lease, once all its receipts were sent."""
    return _answer(await return_lease(session, agent.id, id, now))
