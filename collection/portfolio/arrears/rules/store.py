"""SQL of the rules to whom plans for arrears may be offered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from collection.portfolio.arrears.rules.rule import ArrearsRule
from data.session import Session, rows, run

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
