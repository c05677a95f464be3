"""SQL of plans for arrears, and of the accounts that they are for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.portfolio.arrears.plan import ArrearsPlan, Heads, State
from collection.portfolio.arrears.rules.rule import BROKEN_DAYS, Payer
from collection.portfolio.waterfall import OpenDemand
from core.money import Money
from data.session import Session, rows, run


@dataclass(frozen=True, slots=True)
class CaseInArrears:
    """What a plan must know of its case."""

    branch_id: UUID
    zone: str
    account_id: UUID
    currency: str
    product_type: str
    dpd: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan as stored: whose account, who offered it, and the hash of the body that did."""

    plan: ArrearsPlan
    account_id: UUID
    offered_by: UUID
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """An installment: when it is due, of how much, and what of it is paid."""

    due_on: date
    amount: Money
    paid: Money


async def case_in_arrears(session: Session, case_id: UUID) -> CaseInArrears | None:
    """A case in scope."""
    found = await rows(
        session,
        "SELECT c.branch_id, b.zone, c.account_id, a.currency, a.product_type, c.dpd,"
        " c.closed_at IS NOT NULL"
        " FROM case_file c JOIN branch b ON b.id = c.branch_id"
        " JOIN account a ON a.id = c.account_id WHERE c.id = :case",
        case=case_id,
    )
    return CaseInArrears(*found[0]) if found else None


async def paid_and_broken(session: Session, account_id: UUID, now: datetime) -> tuple[int, int]:
    """How many dues of an account were paid in full, and how many promises and plans were broken
    lately."""
    [r] = await rows(
        session,
        """
        SELECT (SELECT count(*) FROM demand WHERE account_id = :account AND moved_minor = 0
                AND arrears_plan_id IS NULL AND total_minor > 0 AND paid_minor = total_minor)
                   AS paid,
               (SELECT count(*) FROM promise WHERE account_id = :account AND state = 'broken'
                AND settled_at > since.at)
               + (SELECT count(*) FROM arrears_plan WHERE account_id = :account
                  AND state = 'broken' AND settled_at > since.at) AS broken
        FROM (SELECT CAST(:now AS timestamptz) - make_interval(days => :days) AS at) since
        """,
        account=account_id,
        now=now,
        days=BROKEN_DAYS,
    )
    return r.paid, r.broken


async def open_demands(session: Session, account_id: UUID) -> Sequence[OpenDemand]:
    """What is unpaid on an account, the oldest first."""
    found = await rows(
        session,
        "SELECT id, due_on, principal_minor, interest_minor, charges_minor, penal_minor,"
        " paid_minor, shifted_to FROM demand WHERE account_id = :account"
        " AND paid_minor < total_minor ORDER BY due_on, id",
        account=account_id,
    )
    return [OpenDemand(*r) for r in found]


def payer(case: CaseInArrears, overdue_minor: int, paid: int, broken: int) -> Payer:
    """How the account of a case has been paid so far."""
    return Payer(case.product_type, case.dpd, Money(overdue_minor, case.currency), paid, broken)


_PLAN = """
SELECT p.id, p.case_id, p.rule, p.currency, p.principal_minor, p.interest_minor, p.charges_minor,
       p.penal_minor, p.installments, p.every, p.unit, p.first_on, p.grace_days, p.offered_at,
       p.valid_until, p.state, p.accepted_at, p.settled_at, p.reason, p.account_id, p.offered_by,
       p.body_hash
FROM arrears_plan p
"""


async def plan(session: Session, plan_id: UUID, *, lock: bool = False) -> StoredPlan | None:
    """A plan in scope; locked, nobody else settles it until the end."""
    tail = " FOR NO KEY UPDATE" if lock else ""
    found = await rows(session, f"{_PLAN} WHERE p.id = :id{tail}", id=plan_id)
    return _stored(found[0]) if found else None


async def plans_of(session: Session, case_id: UUID) -> Sequence[ArrearsPlan]:
    """The plans of a case in scope, the newest first."""
    found = await rows(
        session, f"{_PLAN} WHERE p.case_id = :case ORDER BY p.offered_at DESC, p.id", case=case_id
    )
    return [_stored(r).plan for r in found]


async def parts_of(session: Session, plan_ids: Collection[UUID]) -> Mapping[UUID, list[Part]]:
    """The installments that are demands of these plans, by their days."""
    found = await rows(
        session,
        "SELECT d.arrears_plan_id AS id, d.due_on, d.total_minor, d.paid_minor, a.currency"
        " FROM demand d JOIN account a ON a.id = d.account_id"
        " WHERE d.arrears_plan_id = ANY (CAST(:plans AS uuid[])) ORDER BY d.due_on",
        plans=list(plan_ids),
    )
    parts: dict[UUID, list[Part]] = {}
    for r in found:
        part = Part(r.due_on, Money(r.total_minor, r.currency), Money(r.paid_minor, r.currency))
        parts.setdefault(r.id, []).append(part)
    return parts


async def due_days(session: Session, of: ArrearsPlan) -> Sequence[date]:
    """When the installments of a plan fall due."""
    found = await rows(
        session,
        "SELECT installment_due_on(:first, :every, :unit, no) AS due_on"
        " FROM generate_series(1, :many) no ORDER BY no",
        first=of.first_on,
        every=of.every,
        unit=of.unit,
        many=of.installments,
    )
    return [r.due_on for r in found]


async def accepted_plan(session: Session, account_id: UUID) -> UUID | None:
    """The plan that an account is paid by."""
    found = await rows(
        session,
        "SELECT id FROM arrears_plan WHERE account_id = :account AND state = 'accepted'",
        account=account_id,
    )
    return found[0].id if found else None


async def lapse_offer(session: Session, account_id: UUID, now: datetime) -> None:
    """Make room for another offer on an account."""
    await run(
        session,
        "UPDATE arrears_plan SET state = 'lapsed', settled_at = :now"
        " WHERE account_id = :account AND state = 'offered'",
        account=account_id,
        now=now,
    )


async def add_offer(
    session: Session, case: CaseInArrears, made: ArrearsPlan, by: UUID, body_hash: bytes
) -> bool:
    """Store an offer. False when its id is taken."""
    added = await rows(
        session,
        """
        INSERT INTO arrears_plan (id, branch_id, account_id, case_id, rule, currency,
            principal_minor, interest_minor, charges_minor, penal_minor, total_minor,
            installments, every, unit, first_on, grace_days, offered_at, offered_by, valid_until,
            body_hash)
        VALUES (:id, :branch, :account, :case, :rule, :currency, :principal, :interest, :charges,
            :penal, :total, :installments, :every, :unit, :first_on, :grace_days, :offered_at, :by,
            :valid_until, :body_hash)
        ON CONFLICT (id) DO NOTHING RETURNING id
        """,
        id=made.id,
        branch=case.branch_id,
        account=case.account_id,
        case=made.case_id,
        rule=made.rule,
        currency=made.currency,
        **made.heads._asdict(),
        total=sum(made.heads),
        installments=made.installments,
        every=made.every,
        unit=made.unit,
        first_on=made.first_on,
        grace_days=made.grace_days,
        offered_at=made.offered_at,
        by=by,
        valid_until=made.valid_until,
        body_hash=body_hash,
    )
    return bool(added)


async def accept(session: Session, plan_id: UUID, by: UUID, now: datetime) -> None:
    """Note that a plan holds."""
    await run(
        session,
        "UPDATE arrears_plan SET state = 'accepted', accepted_at = :now, accepted_by = :by"
        " WHERE id = :id",
        id=plan_id,
        now=now,
        by=by,
    )


async def settle(
    session: Session,
    plan_ids: Collection[UUID],
    state: State,
    now: datetime,
    by: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Note what became of plans."""
    await run(
        session,
        "UPDATE arrears_plan SET state = :state, settled_at = :now, settled_by = :by,"
        " reason = :reason WHERE id = ANY (CAST(:ids AS uuid[]))",
        ids=list(plan_ids),
        state=state.value,
        now=now,
        by=by,
        reason=reason,
    )


async def run_out(
    session: Session, branch_id: UUID, day: date
) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """Of a branch's plans as `day` begins: those that are paid, those with an installment that is
    unpaid for longer than their grace, and the offers whose days are over."""
    found = await rows(
        session,
        """
        SELECT p.id, p.state, s.is_paid, s.is_late FROM arrears_plan p
        CROSS JOIN LATERAL (
            SELECT bool_and(d.paid_minor >= d.total_minor) AS is_paid,
                   bool_or(d.paid_minor < d.total_minor
                           AND coalesce(d.shifted_to, d.due_on) + p.grace_days < :day) AS is_late
            FROM demand d WHERE d.arrears_plan_id = p.id) s
        WHERE p.branch_id = :branch
          AND (p.state = 'accepted' AND (s.is_paid OR s.is_late)
               OR p.state = 'offered' AND p.valid_until < :day)
        """,
        branch=branch_id,
        day=day,
    )
    kept = [r.id for r in found if r.state == "accepted" and r.is_paid]
    broken = [r.id for r in found if r.state == "accepted" and not r.is_paid]
    return kept, broken, [r.id for r in found if r.state == "offered"]


def _stored(r: Any) -> StoredPlan:
    made = ArrearsPlan(
        r.id, r.case_id, r.rule, r.currency,
        Heads(r.principal_minor, r.interest_minor, r.charges_minor, r.penal_minor),
        r.installments, r.every, r.unit, r.first_on, r.grace_days, r.offered_at, r.valid_until,
        State(r.state), r.accepted_at, r.settled_at, r.reason,
    )  # fmt: skip
    return StoredPlan(made, r.account_id, r.offered_by, bytes(r.body_hash))
