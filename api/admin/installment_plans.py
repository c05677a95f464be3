"""Installment plans: demands that no demand file brings."""

from typing import Annotated, Literal

from fastapi import Response
from pydantic import Field

from api.deps import Admin, Now, Tx
from api.routing import Router
from api.schemas import Body, Day, Text
from collection.portfolio.plans.plan import MOST_INSTALLMENTS, InstallmentPlan
from collection.portfolio.plans.set_plans import set_plans
from identity.store import today_at

router = Router(prefix="/v1", tags=["admin: portfolio"])

Whole = Annotated[int, Field(ge=0, le=10**15, description="minor units of the account's currency")]


class PlanBody(Body):
    """An account, by the lender's number, and the parts in which it is paid: one each `every` days
    or months from `first_on` on, which add up to principal and interest."""

    account_ref: Text
    first_on: Day
    every: Annotated[int, Field(ge=1, le=366)] = 1
    unit: Literal["day", "month"]
    installments: Annotated[int, Field(ge=1, le=MOST_INSTALLMENTS)]
    principal_minor: Whole
    interest_minor: Whole = 0


class PlansBody(Body):
    """The plans of some accounts."""

    plans: Annotated[list[PlanBody], Field(min_length=1, max_length=5_000)]


@router.put("/installment-plans", status_code=204)
async def put_plans(body: PlansBody, caller: Admin, session: Tx, now: Now) -> Response:
    """Set installment plans of accounts, all or none. Each day that begins makes the demands that
    come near; what a demand file brings stays as the file has it."""
    today = await today_at(session, caller.branch_id, now)
    await set_plans(session, [InstallmentPlan(**plan.model_dump()) for plan in body.plans], today)
    return Response(status_code=204)
