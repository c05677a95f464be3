"""The cash desk: proofs of a day, its trial balance, closing it; cash that is held for long."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator

from api.agents.safe_keepings import KeeperAnswer
from api.cursor import Limit
from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Day, Instant, MoneyAnswer
from collection.custody.ageing.watch_cash import aged_cash
from collection.custody.days.close_day import (
    alert_about,
    balance_day,
    close_day,
    open_after,
    prove_day,
    today_of,
)
from collection.custody.days.still_open import Left
from collection.custody.days.store import closings

router = Router(prefix="/v1/cash", tags=["cash desk"])

BranchCode = Annotated[str, Query(alias="branch", min_length=1, max_length=20)]


TenthsOfHours = Annotated[float, AfterValidator(lambda h: round(h, 1))]
"""As it is shown: whoever looks again within six minutes is told the same."""


class ProofLine(Answer):
    """An agent's cash of a day. `difference` is what nothing explains; `in_till` is the till now,
    where no later day is booked."""

    agent_id: UUID
    agent: str
    opening: MoneyAnswer
    receipts: MoneyAnswer
    reversed: MoneyAnswer
    deposits: MoneyAnswer
    sent_back: MoneyAnswer
    taken_over: MoneyAnswer
    handed_over: MoneyAnswer
    closing: MoneyAnswer
    from_facts: MoneyAnswer
    in_till: MoneyAnswer | None
    difference: MoneyAnswer
    proves: bool


class ProofsAnswer(Answer):
    """The agents of a branch, by name."""

    items: list[ProofLine]


class BalanceLine(Answer):
    """A ledger account at the end of a day."""

    account: str
    currency: str
    debit_minor: int
    credit_minor: int
    balance_minor: int


class BalancesAnswer(Answer):
    """All ledger accounts of a branch; their balances add up to nothing."""

    items: list[BalanceLine]


class OpenLine(Answer):
    """What somebody still has to do. `who` brought, owes, offers, asked or hands over."""

    left: Left
    who: str | None
    count: int
    amount: MoneyAnswer | None


class StillOpenAnswer(Answer):
    """What a day leaves open, by kind."""

    items: list[OpenLine]


class ClosedAnswer(Answer):
    """A day that is closed, with its figures then."""

    branch_id: UUID
    day: date
    closed_at: Instant
    figures: dict[str, object]


class ClosingLine(Answer):
    """A day that is closed, when and by whom."""

    day: date
    closed_at: Instant
    closed_by: str


class ClosingsAnswer(Answer):
    """The day that it is at the branch now, and the last days that are closed, the newest first."""

    today: date
    items: list[ClosingLine]


class AgedLine(Answer):
    """An agent's cash, since when the oldest of it is there, and who keeps it by night."""

    agent_id: UUID
    agent: str
    amount: MoneyAnswer
    oldest_at: Instant
    banking_h: TenthsOfHours
    limit_h: int
    is_overdue: bool
    keeper: KeeperAnswer | None


class AgedAnswer(Answer):
    """Everybody who holds cash, the oldest first."""

    items: list[AgedLine]


@router.get("/ageing")
async def get_ageing(caller: CashDesk, session: Read, now: Now) -> AgedAnswer:
    """Who holds cash, and for how many banking hours."""
    found = await aged_cash(session, now)
    return AgedAnswer(items=[AgedLine.model_validate(one) for one in found])


@router.get("/days")
async def get_days(
    branch: BranchCode, caller: CashDesk, session: Read, now: Now, limit: Limit = 20
) -> ClosingsAnswer:
    """The days of a branch that are closed, the newest first."""
    found = await closings(session, branch, limit)
    return ClosingsAnswer(
        today=await today_of(session, branch, now),
        items=[ClosingLine.model_validate(one) for one in found],
    )


@router.get("/days/{day}/proofs")
async def get_proofs(day: Day, branch: BranchCode, caller: CashDesk, session: Read) -> ProofsAnswer:
    """Whether each agent's cash of a day is what the facts leave."""
    found = await prove_day(session, branch, day)
    return ProofsAnswer(items=[ProofLine.model_validate(one) for one in found])


@router.post("/days/{day}/prove")
async def post_prove(
    day: Day, branch: BranchCode, caller: CashDesk, session: Tx, now: Now
) -> ProofsAnswer:
    """The same, with an alert about each agent whose cash does not prove."""
    found = await alert_about(session, branch, day, now)
    return ProofsAnswer(items=[ProofLine.model_validate(one) for one in found])


@router.get("/days/{day}/trial-balance")
async def get_trial_balance(
    day: Day, branch: BranchCode, caller: CashDesk, session: Read
) -> BalancesAnswer:
    """The branch's ledger at the end of a day."""
    found = await balance_day(session, branch, day)
    return BalancesAnswer(items=[BalanceLine.model_validate(one) for one in found])


@router.get("/days/{day}/open")
async def get_open(
    day: Day, branch: BranchCode, caller: CashDesk, session: Read
) -> StillOpenAnswer:
    """What a day leaves open, beside the cash that its proofs have in agents' hands. None of it
    keeps the day from being closed."""
    found = await open_after(session, branch, day)
    return StillOpenAnswer(items=[OpenLine.model_validate(one) for one in found])


@router.post("/days/{day}/close")
async def post_close(
    day: Day, branch: BranchCode, caller: CashDesk, session: Tx, now: Now
) -> ClosedAnswer:
    """Close a day. What comes later is booked on the next open one."""
    closed = await close_day(session, caller.id, branch, day, now)
    return ClosedAnswer.model_validate(closed)
