"""Offer a customer to pay what is overdue in parts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from collection.errors import CaseNotFound
from collection.portfolio.arrears import store
from collection.portfolio.arrears.errors import NoPlanToOffer, PlanRuns
from collection.portfolio.arrears.plan import (
    OFFER_DAYS,
    ArrearsPlan,
    check_parts,
    left_of,
    overdue_of,
    sum_of,
)
from collection.portfolio.arrears.rules.rule import ArrearsRule, rule_for, why_none
from collection.portfolio.arrears.rules.store import rules_of
from collection.portfolio.products.store import terms_on
from collection.portfolio.store import lock_account
from collection.portfolio.waterfall import OpenDemand
from core.clock import local_day
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class AskedPlan:
    """What somebody wants to offer: how many installments on a case, from which day on."""

    id: UUID
    case_id: UUID
    installments: int
    first_on: date


@dataclass(frozen=True, slots=True)
class Offerable:
    """The rule by which a case may be offered a plan for what is overdue, else why it may not."""

    overdue: Money
    rule: ArrearsRule | None
    why_none: tuple[str, ...]
    today: date


async def offerable(session: Session, case_id: UUID, now: datetime) -> Offerable:
    """What may be offered on a case in scope. Raises `CaseNotFound`."""
    case = await _case(session, case_id)
    return (await _weigh(session, case, now))[0]


async def offer_plan(
    session: Session, asked: AskedPlan, by: UUID, body_hash: bytes, now: datetime
) -> ArrearsPlan:
    """Offer a plan, in place of an offer that is open; nothing moves until it is accepted.

    The same body again gets the same answer. Raises `CaseNotFound`, `IdReused`, `PlanRuns`,
    `NoPlanToOffer` with the reasons, or `InvalidField`.
    """
    case = await _case(session, asked.case_id)
    await lock_account(session, case.account_id)
    known = await store.plan(session, asked.id)
    if known:
        if known.body_hash != body_hash or known.offered_by != by:
            raise IdReused("arrears plan", str(asked.id))
        return known.plan
    if await store.accepted_plan(session, case.account_id):
        raise PlanRuns(str(asked.case_id))
    can, overdue = await _weigh(session, case, now)
    if can.rule is None:
        raise NoPlanToOffer(str(asked.case_id), can.why_none)
    check_parts(can.rule, asked.installments, asked.first_on, can.today)
    if can.overdue.amount_minor < asked.installments:
        raise InvalidField("installments", say("at least one minor unit an installment"))
    order = (await terms_on(session, can.today))[case.product_type].head_order
    made = ArrearsPlan(
        id=asked.id,
        case_id=asked.case_id,
        rule=can.rule.name,
        currency=case.currency,
        heads=sum_of(left_of(demand, order) for demand in overdue),
        installments=asked.installments,
        every=can.rule.every,
        unit=can.rule.unit,
        first_on=asked.first_on,
        grace_days=can.rule.grace_days,
        offered_at=now,
        valid_until=can.today + timedelta(days=OFFER_DAYS),
    )
    await store.lapse_offer(session, case.account_id, now)
    if not await store.add_offer(session, case, made, by, body_hash):
        raise IdReused("arrears plan", str(asked.id))
    return made


async def _case(session: Session, case_id: UUID) -> store.CaseInArrears:
    case = await store.case_in_arrears(session, case_id)
    if case is None:
        raise CaseNotFound(str(case_id))
    return case


async def _weigh(
    session: Session, case: store.CaseInArrears, now: datetime
) -> tuple[Offerable, list[OpenDemand]]:
    """What may be offered, and the demands that it is about."""
    today = local_day(now, case.zone)
    overdue = overdue_of(await store.open_demands(session, case.account_id), today)
    paid, broken = await store.paid_and_broken(session, case.account_id, now)
    payer = store.payer(case, sum(demand.unpaid_minor for demand in overdue), paid, broken)
    if case.is_closed:
        return Offerable(payer.overdue, None, (say("the case is closed"),), today), overdue
    rules = await rules_of(session, case.branch_id)
    rule = rule_for(rules, payer)
    reasons = () if rule else why_none(rules, payer)
    return Offerable(payer.overdue, rule, reasons, today), overdue
