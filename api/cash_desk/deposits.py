"""The cash desk: tills, and deposits to be counted."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter

from api.agents.deposits import DenominationAnswer
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import CashDesk, Now, Read, Tx
from api.schemas import Answer, Instant, MoneyAnswer
from collection.custody.acknowledge import acknowledge
from collection.custody.cash_desk import store
from collection.custody.deposit import Target

router = APIRouter(prefix="/v1", tags=["cash desk"])


class State(StrEnum):
    """Whether another person has counted a deposit."""

    IN_TRANSIT = "in_transit"
    ACKNOWLEDGED = "acknowledged"


class DepositLine(Answer):
    """A deposit as handed over, and who has counted it since."""

    id: UUID
    agent_id: UUID
    agent: str
    amount: MoneyAnswer
    denominations: list[DenominationAnswer]
    target: Target
    slip_no: str | None
    deposited_at: Instant
    posted_at: Instant
    acknowledged_at: Instant | None
    acknowledged_by: str | None


class DepositsAnswer(Answer):
    """A page of deposits, the oldest first."""

    items: list[DepositLine]
    next_cursor: str | None


class AcknowledgedAnswer(Answer):
    """When a deposit was acknowledged."""

    id: UUID
    acknowledged_at: Instant


class TillLine(Answer):
    """An agent's till; `in_transit` is handed over and not counted yet."""

    agent_id: UUID
    agent: str
    in_hand: MoneyAnswer
    reserved: MoneyAnswer
    limit: MoneyAnswer
    headroom: MoneyAnswer
    in_transit: MoneyAnswer


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
    acknowledged = None if state is None else state is State.ACKNOWLEDGED
    after = keys_of(cursor, datetime.fromisoformat)
    found = await store.deposits(session, acknowledged=acknowledged, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda deposit: (deposit.posted_at, deposit.id))
    return DepositsAnswer(items=[DepositLine.model_validate(d) for d in page], next_cursor=behind)


@router.post("/deposits/{id}/acknowledge")
async def post_acknowledge(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> AcknowledgedAnswer:
    """Say that the cash of a deposit was counted and lies in the vault."""
    done_at = await acknowledge(session, caller.id, id, now)
    return AcknowledgedAnswer(id=id, acknowledged_at=done_at)


@router.get("/tills")
async def get_tills(
    caller: CashDesk, session: Read, cursor: Cursor = None, limit: Limit = 50
) -> TillsAnswer:
    """The tills of the caller's branches, by the agent's name."""
    found = await store.tills(session, after=keys_of(cursor, str), limit=limit + 1)
    page, behind = cut(found, limit, lambda till: (till.agent, till.agent_id))
    return TillsAnswer(items=[TillLine.model_validate(t) for t in page], next_cursor=behind)
