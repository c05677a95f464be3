"""The agent's cases."""

from datetime import date, time
from typing import Any
from uuid import UUID

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Agent, Read
from api.numbers import Number
from api.routing import Router
from api.schemas import Answer, Instant, MoneyAnswer, PositionAnswer
from collection.errors import CaseNotFound
from collection.portfolio.case_list import store
from collection.portfolio.dpd import Section

router = Router(prefix="/v1/agent", tags=["agent: cases"])

LAST_HAPPENINGS = 50


class PromisedAnswer(Answer):
    """What the customer promised last."""

    amount: MoneyAnswer
    due_on: date


class AddressAnswer(Answer):
    """Where the customer can be visited."""

    line: str
    locality: str | None
    pincode: str | None
    position: PositionAnswer | None
    geocode_quality: str | None
    fence_radius_m: float | None


class CaseAnswer(Answer):
    """A case. `outstanding` is all that is unpaid, `overdue` the part that has fallen due."""

    id: UUID
    customer: str
    phone: Number | None
    language: str | None
    account: str
    product_code: str
    outstanding: MoneyAnswer
    overdue: MoneyAnswer
    dpd: int
    bucket: str
    section: Section
    urgency: float
    urgency_factors: list[dict[str, Any]]
    promise: PromisedAnswer | None
    address: AddressAnswer
    preferred_from: time | None
    preferred_to: time | None


class CasesAnswer(Answer):
    """A page of cases, the most urgent first."""

    items: list[CaseAnswer]
    next_cursor: str | None


class AccountAnswer(Answer):
    """The account behind a case."""

    source_ref: str
    product_code: str
    product_type: str
    currency: str
    principal_outstanding: MoneyAnswer
    emi: MoneyAnswer | None
    advance: MoneyAnswer
    last_payment_on: date | None


class DemandAnswer(Answer):
    """An open demand, head by head, and what is unpaid of it. One with an `arrears_plan_id` is an
    installment of a plan that the customer has accepted for what was overdue."""

    id: UUID
    due_on: date
    installment_no: int | None
    arrears_plan_id: UUID | None
    principal: MoneyAnswer
    interest: MoneyAnswer
    charges: MoneyAnswer
    penal: MoneyAnswer
    total: MoneyAnswer
    unpaid: MoneyAnswer


class HappeningAnswer(Answer):
    """A receipt, a check-in or a promise, with its facts."""

    kind: str
    id: UUID
    at: Instant
    amount: MoneyAnswer | None
    facts: dict[str, Any]


class CaseDetailAnswer(Answer):
    """A case with its account, its open demands and what happened last, newest first."""

    case: CaseAnswer
    account: AccountAnswer
    demands: list[DemandAnswer]
    timeline: list[HappeningAnswer]


@router.get("/cases")
async def get_cases(
    agent: Agent, session: Read, cursor: Cursor = None, limit: Limit = 50
) -> CasesAnswer:
    """The agent's open cases, the most urgent first."""
    after = keys_of(cursor, float)
    found = await store.cases_of(session, agent.id, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda case: (case.urgency, case.id))
    return CasesAnswer(items=[CaseAnswer.model_validate(c) for c in page], next_cursor=behind)


@router.get("/cases/{id}")
async def get_case(id: UUID, agent: Agent, session: Read) -> CaseDetailAnswer:  # noqa: A002
    """One of the agent's cases with all that must be known at the door."""
    case = await store.case(session, id)
    if case is None:
        raise CaseNotFound(str(id))
    demands = (await store.open_demands_of(session, [id]))[id]
    timeline = (await store.timelines_of(session, [id], LAST_HAPPENINGS))[id]
    return CaseDetailAnswer(
        case=CaseAnswer.model_validate(case),
        account=AccountAnswer.model_validate(await store.account_of(session, id)),
        demands=[DemandAnswer.model_validate(d) for d in demands],
        timeline=[HappeningAnswer.model_validate(h) for h in timeline],
    )
