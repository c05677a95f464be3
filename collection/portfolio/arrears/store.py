"""SQL of plans for arrears: to whom they may be offered, what they take over and give back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.portfolio.arrears.plan import ArrearsPlan, Heads, Moved, State
from collection.portfolio.arrears.rule import BROKEN_DAYS, ArrearsRule, Payer
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


_RULE = (
    "name", "installments_most", "every", "unit", "first_within_days", "grace_days",
    "product_types", "dpd_from", "dpd_to", "paid_dues_least", "broken_most", "overdue_most_minor",
)  # fmt: skip


async def rules_of(session: Session, branch_id: UUID) -> Sequence[ArrearsRule]:
    """The rules that hold in a branch: its own, else of the nearest branch above that has some."""
    found = await rows(
        session,
        f"SELECT {', '.join(_RULE)} FROM arrears_rules_of(:branch)",  # noqa: S608 our own columns
        branch=branch_id,
    )
    return [ArrearsRule(**{**r._asdict(), "product_types": tuple(r.product_types)}) for r in found]


async def has_own_rules(session: Session, branch_id: UUID) -> bool:
    """Whether a branch in scope has a list of its own."""
    return bool(
        await rows(
            session, "SELECT FROM arrears_rule_list WHERE branch_id = :branch", branch=branch_id
        )
    )


async def remove_rules(session: Session, branch_id: UUID) -> None:
    """Have the rules from above hold again."""
    await run(
        session, "DELETE FROM arrears_rule_list WHERE branch_id = :branch", branch=branch_id
    )  # fmt: skip


async def put_rules(
    session: Session, branch_id: UUID, rules: Sequence[ArrearsRule], by: UUID, now: datetime
) -> None:
    """Have a branch, and those below it, go by these rules, in this order."""
    await remove_rules(session, branch_id)
    await run(
        session,
        "INSERT INTO arrears_rule_list (branch_id, set_at, set_by) VALUES (:branch, :now, :by)",
        branch=branch_id,
        now=now,
        by=by,
    )
    for place, rule in enumerate(rules):
        values = {name: getattr(rule, name) for name in _RULE}
        await run(
            session,
            f"INSERT INTO arrears_rule (branch_id, place, {', '.join(_RULE)})"  # noqa: S608
            f" VALUES (:branch, :place, :{', :'.join(_RULE)})",
            branch=branch_id,
            place=place,
            **{**values, "product_types": list(rule.product_types)},
        )


async def known_product_types(session: Session, codes: Collection[str]) -> set[str]:
    """Which of these are codes of product types."""
    found = await rows(
        session,
        "SELECT code FROM product_type WHERE code = ANY (CAST(:codes AS text[]))",
        codes=list(codes),
    )
    return {r.code for r in found}


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


async def take_over(
    session: Session,
    of: ArrearsPlan,
    taken: Sequence[Moved],
    parts: Sequence[Heads],
    now: datetime,
) -> None:
    """Have a plan take these over, and demand them in parts."""
    await run(
        session,
        f"""
        WITH moved AS ({_MOVED}), taken AS (
            INSERT INTO arrears_taken (plan_id, demand_id, principal_minor, interest_minor,
                charges_minor, penal_minor, total_minor)
            SELECT :plan, id, principal, interest, charges, penal, total FROM moved
        )
        UPDATE demand d SET {_LESS}, moved_minor = d.moved_minor + m.total
        FROM moved m WHERE d.id = m.id
        """,  # noqa: S608 our own constants
        plan=of.id,
        **_columns(taken),
    )
    await run(
        session,
        """
        INSERT INTO demand (id, branch_id, account_id, arrears_plan_id, due_on, principal_minor,
            interest_minor, charges_minor, penal_minor, total_minor)
        SELECT uuid_v7(:at), p.branch_id, p.account_id, p.id,
               installment_due_on(p.first_on, p.every, p.unit, h.no::int),
               h.principal, h.interest, h.charges, h.penal,
               h.principal + h.interest + h.charges + h.penal
        FROM arrears_plan p CROSS JOIN unnest(CAST(:principal AS bigint[]),
            CAST(:interest AS bigint[]), CAST(:charges AS bigint[]), CAST(:penal AS bigint[]))
            WITH ORDINALITY AS h (principal, interest, charges, penal, no)
        WHERE p.id = :plan
        """,
        plan=of.id,
        at=now,
        **_by_head(parts),
    )


@dataclass(frozen=True, slots=True)
class ToGiveBack:
    """What a plan has to give back: its unpaid installments, and what it took of which demand,
    with that one's day."""

    product_type: str
    unpaid: list[OpenDemand]
    taken: list[tuple[date, Moved]]


async def to_give_back(
    session: Session, plan_ids: Collection[UUID]
) -> Mapping[UUID, ToGiveBack]:  # fmt: skip
    """What plans have to give back; their accounts are to be locked."""
    plans = {
        r.id: ToGiveBack(r.product_type, [], [])
        for r in await rows(
            session,
            "SELECT p.id, a.product_type FROM arrears_plan p JOIN account a ON a.id = p.account_id"
            " WHERE p.id = ANY (CAST(:plans AS uuid[]))",
            plans=list(plan_ids),
        )
    }
    for r in await rows(
        session,
        "SELECT arrears_plan_id AS plan_id, id, due_on, principal_minor, interest_minor,"
        " charges_minor, penal_minor, paid_minor FROM demand"
        " WHERE arrears_plan_id = ANY (CAST(:plans AS uuid[])) AND paid_minor < total_minor",
        plans=list(plan_ids),
    ):
        plans[r.plan_id].unpaid.append(OpenDemand(*r[1:]))
    for r in await rows(
        session,
        "SELECT t.plan_id, d.due_on, t.demand_id, t.principal_minor, t.interest_minor,"
        " t.charges_minor, t.penal_minor FROM arrears_taken t JOIN demand d ON d.id = t.demand_id"
        " WHERE t.plan_id = ANY (CAST(:plans AS uuid[]))",
        plans=list(plan_ids),
    ):
        plans[r.plan_id].taken.append((r.due_on, Moved(r.demand_id, Heads(*r[3:]))))
    return plans


async def give_back(
    session: Session, plan_ids: Collection[UUID], unpaid: Sequence[Moved], back: Sequence[Moved]
) -> None:
    """Have installments demand what is `unpaid` of them no longer, and the demands that plans had
    taken over demand it again."""
    await run(
        session,
        f"WITH moved AS ({_MOVED}) UPDATE demand d SET {_LESS} FROM moved m WHERE d.id = m.id",  # noqa: S608
        **_columns(unpaid),
    )
    await run(
        session,
        f"""
        WITH moved AS ({_MOVED}), taken AS (
            UPDATE arrears_taken d SET {_LESS} FROM moved m
            WHERE d.demand_id = m.id AND d.plan_id = ANY (CAST(:plans AS uuid[]))
        )
        UPDATE demand d SET {_MORE}, moved_minor = d.moved_minor - m.total
        FROM moved m WHERE d.id = m.id
        """,  # noqa: S608 our own constants
        plans=list(plan_ids),
        **_columns(back),
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


_NAMES = Heads._fields
_MOVED = (
    "SELECT m.*, principal + interest + charges + penal AS total"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:principal AS bigint[]), CAST(:interest AS bigint[]),"
    " CAST(:charges AS bigint[]), CAST(:penal AS bigint[]))"
    " AS m (id, principal, interest, charges, penal)"
)
_LESS = ", ".join(f"{name}_minor = d.{name}_minor - m.{name}" for name in (*_NAMES, "total"))
_MORE = ", ".join(f"{name}_minor = d.{name}_minor + m.{name}" for name in (*_NAMES, "total"))


def _by_head(heads: Sequence[Heads]) -> dict[str, list[int]]:
    return {name: [getattr(each, name) for each in heads] for name in _NAMES}


def _columns(moved: Sequence[Moved]) -> dict[str, list[Any]]:
    return {"ids": [m.demand_id for m in moved], **_by_head([m.heads for m in moved])}


def _stored(r: Any) -> StoredPlan:
    made = ArrearsPlan(
        r.id, r.case_id, r.rule, r.currency,
        Heads(r.principal_minor, r.interest_minor, r.charges_minor, r.penal_minor),
        r.installments, r.every, r.unit, r.first_on, r.grace_days, r.offered_at, r.valid_until,
        State(r.state), r.accepted_at, r.settled_at, r.reason,
    )  # fmt: skip
    return StoredPlan(made, r.account_id, r.offered_by, bytes(r.body_hash))
