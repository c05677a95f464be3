"""Accept an offered plan, decline it, or end one that was accepted."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from collection.portfolio.arrears import store
from collection.portfolio.arrears.errors import ArrearsPlanNotFound, OfferOutdated, PlanSettled
from collection.portfolio.arrears.plan import (
    ArrearsPlan,
    Moved,
    State,
    cut,
    given_back,
    left_of,
    overdue_of,
    sum_of,
)
from collection.portfolio.arrears.taken.store import give_back, take_over, to_give_back
from collection.portfolio.products.store import terms_on
from collection.portfolio.products.terms import Terms
from collection.portfolio.standing import Unpaid, standing_after
from collection.portfolio.store import lock_account, set_standing
from core.clock import local_day
from core.money import Money
from data.session import Session


async def accept(session: Session, plan_id: UUID, by: UUID, now: datetime) -> ArrearsPlan:
    """Have a plan hold: it takes over what is overdue, and demands it in installments. How late the
    case is follows them from now on.

    Again by whomever gets the plan as it stands. Raises `ArrearsPlanNotFound`, `PlanSettled` or
    `OfferOutdated`.
    """
    known = await _locked(session, plan_id)
    if known.plan.state is State.ACCEPTED:
        return known.plan
    if known.plan.state is not State.OFFERED:
        raise PlanSettled(str(plan_id), known.plan.state)
    case, today, terms = await _case(session, known.plan, now)
    overdue = overdue_of(await store.open_demands(session, known.account_id), today)
    taken = [Moved(demand.id, left_of(demand, terms.head_order)) for demand in overdue]
    is_same = sum_of(each.heads for each in taken) == known.plan.heads
    if not is_same or today > known.plan.valid_until or known.plan.first_on <= today:
        raise OfferOutdated(str(plan_id))
    await store.accept(session, plan_id, by, now)
    parts = cut(known.plan.heads, known.plan.installments, terms.head_order)
    await take_over(session, known.plan, taken, parts, now)
    await _stand(session, case, today, terms)
    return await _told(session, plan_id)


async def decline(
    session: Session, plan_id: UUID, reason: str, by: UUID, now: datetime
) -> ArrearsPlan:
    """Note that the customer does not want an offered plan. Raises as `accept`."""
    known = await _locked(session, plan_id)
    if known.plan.state is not State.OFFERED:
        raise PlanSettled(str(plan_id), known.plan.state)
    await store.settle(session, [plan_id], State.DECLINED, now, by, reason)
    return await _told(session, plan_id)


async def end(
    session: Session, plan_id: UUID, reason: str, by: UUID, now: datetime
) -> ArrearsPlan:  # fmt: skip
    """Take a plan back: what is unpaid of it is due again as it was before. Raises as `accept`."""
    known = await _locked(session, plan_id)
    if known.plan.state is not State.ACCEPTED:
        raise PlanSettled(str(plan_id), known.plan.state)
    case, today, terms = await _case(session, known.plan, now)
    await _give_back(session, [plan_id], today)
    await store.settle(session, [plan_id], State.ENDED, now, by, reason)
    await _stand(session, case, today, terms)
    return await _told(session, plan_id)


async def judge_plans(session: Session, branch_id: UUID, day: date, now: datetime) -> None:
    """As a branch's day begins: settle plans that are paid or were missed, and offers that are
    over. What is unpaid of a missed plan is due again as it was before. The accounts are to be
    locked, and the figures of their cases worked out after."""
    kept, broken, lapsed = await store.run_out(session, branch_id, day)
    await _give_back(session, broken, day)
    for plans, state in ((kept, State.KEPT), (broken, State.BROKEN), (lapsed, State.LAPSED)):
        if plans:
            await store.settle(session, plans, state, now)


async def _give_back(session: Session, plan_ids: Collection[UUID], day: date) -> None:
    if not plan_ids:
        return
    terms = await terms_on(session, day)
    unpaid: list[Moved] = []
    back: list[Moved] = []
    for plan in (await to_give_back(session, plan_ids)).values():
        order = terms[plan.product_type].head_order
        its = [Moved(demand.id, left_of(demand, order)) for demand in plan.unpaid]
        unpaid += its
        back += given_back(its, plan.taken)
    await give_back(session, plan_ids, unpaid, back)


async def _locked(session: Session, plan_id: UUID) -> store.StoredPlan:
    seen = await store.plan(session, plan_id)
    if seen is None:
        raise ArrearsPlanNotFound(str(plan_id))
    await lock_account(session, seen.account_id)
    known = await store.plan(session, plan_id, lock=True)
    assert known is not None
    return known


async def _case(
    session: Session, plan: ArrearsPlan, now: datetime
) -> tuple[store.CaseInArrears, date, Terms]:
    case = await store.case_in_arrears(session, plan.case_id)
    assert case is not None
    today = local_day(now, case.zone)
    return case, today, (await terms_on(session, today))[case.product_type]


async def _stand(
    session: Session, case: store.CaseInArrears, today: date, terms: Terms
) -> None:  # fmt: skip
    """How late the case is, by its demands alone."""
    left = [
        Unpaid(demand.counts_from, Money(demand.unpaid_minor, case.currency))
        for demand in await store.open_demands(session, case.account_id)
    ]
    standing = standing_after(left, 0, today, case.currency, terms)
    await set_standing(session, case.account_id, standing, today)


async def _told(session: Session, plan_id: UUID) -> ArrearsPlan:
    known = await store.plan(session, plan_id)
    assert known is not None
    return known.plan
