"""The agent's till, and cash handed over from it."""

import hashlib
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.deps import Agent, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, FactId, Instant, Moment, MoneyAnswer, MoneyBody, Text
from collection.custody import store
from collection.custody.denominations import Denomination
from collection.custody.deposits.deposit import Target
from collection.custody.deposits.post_deposit import DepositReport, post_deposit
from collection.custody.errors import NoTill
from collection.custody.till import Blocked
from core.money import Money

router = Router(prefix="/v1/agent", tags=["agent: cash"])


class DenominationBody(Body):
    """So many notes or coins of one face."""

    face_minor: Annotated[int, Field(gt=0, le=10**12)]
    count: Annotated[int, Field(ge=0, le=10**6)]


class DepositBody(Body):
    """Counted cash on its way to the branch, or to the bank with the number of its slip."""

    amount: MoneyBody
    denominations: Annotated[list[DenominationBody], Field(max_length=50)]
    target: Target
    slip_no: Text | None = None
    receipt_ids: Annotated[
        list[UUID],
        Field(max_length=500, description="receipts whose cash this is; the oldest otherwise"),
    ] = []
    deposited_at: Moment

    def digest(self) -> bytes:
        """As of bodies of phones that name no receipts, where none is named."""
        without = None if self.receipt_ids else {"receipt_ids"}
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()

    def report(self, deposit_id: UUID) -> DepositReport:
        """The domain's value."""
        return DepositReport(
            deposit_id, Money(self.amount.amount_minor, self.amount.currency),
            [Denomination(d.face_minor, d.count) for d in self.denominations],
            self.target, self.slip_no, self.receipt_ids, self.deposited_at, self.digest(),
        )  # fmt: skip


class DenominationAnswer(Answer):
    """So many notes or coins of one face."""

    face_minor: int
    count: int


class PartAnswer(Answer):
    """How much of a receipt's cash is in a deposit or a handover."""

    receipt_id: UUID
    amount: MoneyAnswer


class DepositAnswer(Answer):
    """The deposit as posted; `left_in_hand` is what stayed with the agent.

    `covers` tells whose receipts' cash it is; `frees_at_once` whether the limit has that room
    again, or only once the deposit is proven.
    """

    id: UUID
    amount: MoneyAnswer
    denominations: list[DenominationAnswer]
    target: Target
    slip_no: str | None
    deposited_at: Instant
    posted_at: Instant
    left_in_hand: MoneyAnswer
    covers: list[PartAnswer]
    frees_at_once: bool


class TillAnswer(Answer):
    """Cash in the agent's hands, and how much more may be taken.

    `reserved` is leased to the phone, `pending` was handed over and counts until it is proven.
    """

    in_hand: MoneyAnswer
    reserved: MoneyAnswer
    pending: MoneyAnswer
    in_transit: MoneyAnswer
    limit: MoneyAnswer
    headroom: MoneyAnswer
    blocked_for: Blocked | None


@router.put("/deposits/{id}")
async def put_deposit(
    id: FactId,  # noqa: A002
    body: DepositBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> DepositAnswer:
    """Hand cash over, all or a part. By default the limit has that room again at once."""
    made = await post_deposit(session, agent.id, body.report(id), now)
    return DepositAnswer.model_validate(made)


@router.get("/till")
async def get_till(agent: Agent, session: Read) -> TillAnswer:
    """The cash in hand against its limit."""
    till = await store.till(session, agent.id)
    if till is None:
        raise NoTill(str(agent.id))
    return TillAnswer.model_validate(till)
