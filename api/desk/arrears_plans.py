"""Plans by which reliable customers pay what is overdue in parts."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.deps import Desk, Now, Read, Supervisor, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Day, FactId, Instant, MoneyAnswer, Text
from collection.portfolio.arrears import store
from collection.portfolio.arrears.offer_plan import AskedPlan, offer_plan, offerable
from collection.portfolio.arrears.plan import ArrearsPlan, State
from collection.portfolio.arrears.rules.rule import MOST_INSTALLMENTS
from collection.portfolio.arrears.settle_plan import accept, decline, end
from identity.permission import Permission

router = Router(prefix="/v1", tags=["desk: arrears plans"])


class PlanRuleAnswer(Answer):
    """What a rule lets one offer."""

    name: str
    installments_most: int
    every: int
    unit: Literal["day", "month"]
    first_within_days: int
    grace_days: int


class PartAnswer(Answer):
    """An installment of a plan that was accepted."""

    due_on: date
    amount: MoneyAnswer
    paid: MoneyAnswer


class ArrearsPlanAnswer(Answer):
    """A plan. Its `parts` are demands, and are told once it was accepted."""

    id: UUID
    case_id: UUID
    rule: str
    state: State
    total: MoneyAnswer
    installments: int
    every: int
    unit: Literal["day", "month"]
    first_on: date
    grace_days: int
    offered_at: Instant
    valid_until: date
    accepted_at: Instant | None
    settled_at: Instant | None
    reason: str | None
    parts: list[PartAnswer]


class ArrearsPlansAnswer(Answer):
    """The plans of a case, the newest first, and what may be offered for what is overdue now: by
    `rule`, else `why_none`."""

    overdue: MoneyAnswer
    rule: PlanRuleAnswer | None
    why_none: list[Told]
    may_offer: bool
    may_accept: bool
    plans: list[ArrearsPlanAnswer]


class ArrearsPlanBody(Body):
    """How many installments to offer on a case, and when the first is due."""

    case_id: UUID
    installments: Annotated[int, Field(ge=2, le=MOST_INSTALLMENTS)]
    first_on: Day


class WhyBody(Body):
    """Why."""

    reason: Text


@router.get("/cases/{id}/arrears-plans")
async def get_arrears_plans(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
    now: Now,
) -> ArrearsPlansAnswer:
    """The plans of a case, and what its customer may be offered by the rules of its branch."""
    can = await offerable(session, id, now)
    plans = await store.plans_of(session, id)
    parts = await store.parts_of(session, [plan.id for plan in plans])
    return ArrearsPlansAnswer.model_validate(
        {
            "overdue": can.overdue,
            "rule": can.rule,
            "why_none": list(can.why_none),
            "may_offer": Permission.DESK_ACT in caller.permissions,
            "may_accept": Permission.SUPERVISION_ACT in caller.permissions,
            "plans": [_answer(plan, parts.get(plan.id, [])) for plan in plans],
        }
    )


@router.put("/arrears-plans/{id}")
async def put_arrears_plan(
    id: FactId,  # noqa: A002
    body: ArrearsPlanBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> ArrearsPlanAnswer:
    """Offer a customer to pay what is overdue in parts, in place of an offer that is open. Nothing
    moves until it is accepted."""
    asked = AskedPlan(id, body.case_id, body.installments, body.first_on)
    return await _told(session, await offer_plan(session, asked, caller.id, body.digest(), now))


@router.post("/arrears-plans/{id}/accept")
async def accept_arrears_plan(
    id: UUID,  # noqa: A002
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> ArrearsPlanAnswer:
    """Take down that the customer accepts: the plan takes over what is overdue, and demands it in
    installments."""
    return await _told(session, await accept(session, id, caller.id, now))


@router.post("/arrears-plans/{id}/decline")
async def decline_arrears_plan(
    id: UUID,  # noqa: A002
    body: WhyBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> ArrearsPlanAnswer:
    """Take down that the customer does not want it, and why."""
    return await _told(session, await decline(session, id, body.reason, caller.id, now))


@router.post("/arrears-plans/{id}/end")
async def end_arrears_plan(
    id: UUID,  # noqa: A002
    body: WhyBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> ArrearsPlanAnswer:
    """Take an accepted plan back: what is unpaid of it is due again as it was before."""
    return await _told(session, await end(session, id, body.reason, caller.id, now))


async def _told(session: Tx, plan: ArrearsPlan) -> ArrearsPlanAnswer:
    parts = await store.parts_of(session, [plan.id])
    return ArrearsPlanAnswer.model_validate(_answer(plan, parts.get(plan.id, [])))


def _answer(plan: ArrearsPlan, parts: list[store.Part]) -> dict[str, object]:
    names = set(ArrearsPlanAnswer.model_fields) - {"parts"}
    return {name: getattr(plan, name) for name in names} | {"parts": parts}
