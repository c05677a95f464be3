"""SQL of what plans take over, demand in parts, and give back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.portfolio.arrears.plan import ArrearsPlan, Heads, Moved
from collection.portfolio.waterfall import OpenDemand
from data.session import Session, rows, run

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
