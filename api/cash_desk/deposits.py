"""The cash desk: tills, and deposits to be counted."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.agents.deposits import DenominationAnswer, DenominationBody, PartAnswer
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import CashDesk, Now, Read, Tx
from api.problems import told
from api.routing import Router
from api.schemas import Answer, Body, Instant, MoneyAnswer, Text
from collection.custody.cash_desk import store
from collection.custody.denominations import Denomination
from collection.custody.deposits.acknowledge import acknowledge
from collection.custody.deposits.acknowledge_many import acknowledge_many
from collection.custody.deposits.deposit import Target
from collection.custody.deposits.reject import reject
from collection.custody.differences.difference import Count, FalseNote
from collection.custody.till import Blocked
from core.errors import DomainError

router = Router(prefix="/v1", tags=["cash desk"])


class State(StrEnum):
    """What became of a deposit: still to be proven, counted by another person, or sent back."""

    IN_TRANSIT = "in_transit"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


class FalseNoteBody(Body):
    """A note that turned out to be counterfeit."""

    face_minor: Annotated[int, Field(gt=0, le=10**12)]
    serial: Text

    def note(self) -> FalseNote:
        """The domain's value."""
        return FalseNote(self.face_minor, self.serial)


class CountBody(Body):
    """What was counted: the good notes and coins, and the false ones beside them."""

    denominations: Annotated[list[DenominationBody], Field(max_length=50)]
    counterfeit_notes: Annotated[list[FalseNoteBody], Field(max_length=100)] = []

    def count(self) -> Count:
        """The domain's value."""
        return Count(
            [Denomination(d.face_minor, d.count) for d in self.denominations],
            [note.note() for note in self.counterfeit_notes],
        )


class CountedDeposit(Body):
    """A deposit of many that were counted; without a count it is as the agent stated."""

    id: UUID
    count: CountBody | None = None


class ManyBody(Body):
    """Deposits that were counted one after the other."""

    deposits: Annotated[list[CountedDeposit], Field(min_length=1, max_length=200)]


class RejectBody(Body):
    """Why a deposit is sent back."""

    reason: Text


class RejectedAnswer(Answer):
    """When a deposit was sent back."""

    id: UUID
    rejected_at: Instant


class DepositLine(Answer):
    """A deposit as handed over, and what became of it.

    `counted` is what another person found of it, `proven` what the bank's statements show.
    """

    id: UUID
    agent_id: UUID
    agent: str
    amount: MoneyAnswer
    denominations: list[DenominationAnswer]
    target: Target
    slip_no: str | None
    deposited_at: Instant
    posted_at: Instant
    covers: list[PartAnswer]
    frees_at_once: bool
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    counted: MoneyAnswer | None
    proven: MoneyAnswer
    rejected_at: Instant | None
    rejected_because: str | None


class DepositsAnswer(Answer):
    """A page of deposits, the oldest first."""

    items: list[DepositLine]
    next_cursor: str | None


class AcknowledgedAnswer(Answer):
    """When a deposit was acknowledged."""

    id: UUID
    acknowledged_at: Instant


class OneOfMany(Answer):
    """What came of one deposit: the time, or the problem that it alone has."""

    id: UUID
    acknowledged_at: Instant | None
    problem: dict[str, object] | None


class ManyAnswer(Answer):
    """What came of each deposit, in the order in which they were sent."""

    items: list[OneOfMany]


class TillLine(Answer):
    """An agent's till; `in_transit` is handed over and not proven yet, `pending` the part of it
    that still counts against the limit."""

    agent_id: UUID
    agent: str
    in_hand: MoneyAnswer
    reserved: MoneyAnswer
    limit: MoneyAnswer
    headroom: MoneyAnswer
    pending: MoneyAnswer
    in_transit: MoneyAnswer
    blocked_for: Blocked | None


class TillsAnswer(Answer):
    """A page of tills, by the agent's name."""

    items: list[TillLine]
    next_cursor: str | None


@router.get("/deposits")
async def get_deposits(
    caller: CashDesk,
    session: Read,
    state: State | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DepositsAnswer:
    """Deposits of the caller's branches, the oldest first."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.deposits(session, state=state, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda deposit: (deposit.posted_at, deposit.id))
    return DepositsAnswer(items=[DepositLine.model_validate(d) for d in page], next_cursor=behind)


@router.post("/deposits/acknowledge")
async def post_acknowledge_many(
    body: ManyBody, caller: CashDesk, session: Tx, now: Now
) -> ManyAnswer:
    """Say of many deposits at once what was counted. Each stands for itself."""
    counts = {one.id: one.count.count() if one.count else None for one in body.deposits}
    done = await acknowledge_many(session, caller.id, counts, now)
    return ManyAnswer(items=[_one_of_many(one.id, done[one.id]) for one in body.deposits])


def _one_of_many(deposit_id: UUID, came: datetime | DomainError) -> OneOfMany:
    if isinstance(came, DomainError):
        return OneOfMany(id=deposit_id, acknowledged_at=None, problem=told(came))
    return OneOfMany(id=deposit_id, acknowledged_at=came, problem=None)


@router.post("/deposits/{id}/acknowledge")
async def post_acknowledge(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
    body: CountBody | None = None,
) -> AcknowledgedAnswer:
    """Say what was counted of a deposit, and that it lies in the vault.

    Without a body it is what the agent stated. What is missing is owed by the agent.
    """
    count = body.count() if body else None
    done_at = await acknowledge(session, caller.id, id, count, now)
    return AcknowledgedAnswer(id=id, acknowledged_at=done_at)


@router.post("/deposits/{id}/reject")
async def post_reject(
    id: UUID,  # noqa: A002
    body: RejectBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> RejectedAnswer:
    """Send a deposit back that nobody has proven: the cash is in the agent's hands again."""
    done_at = await reject(session, caller.id, id, body.reason, now)
    return RejectedAnswer(id=id, rejected_at=done_at)


@router.get("/tills")
async def get_tills(
    caller: CashDesk, session: Read, cursor: Cursor = None, limit: Limit = 50
) -> TillsAnswer:
    """The tills of the caller's branches, by the agent's name."""
    found = await store.tills(session, after=keys_of(cursor, str), limit=limit + 1)
    page, behind = cut(found, limit, lambda till: (till.agent, till.agent_id))
    return TillsAnswer(items=[TillLine.model_validate(t) for t in page], next_cursor=behind)
