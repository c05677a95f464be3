"""SQL of targets and costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from collection.figures.period import Grouping, Question
from collection.figures.store import ASKED, GROUPS, SHARE, SPREAD, parameters
from core.ids import new_id
from data.session import Session, rows, run


@dataclass(frozen=True, slots=True)
class SetRow:
    """A target or a cost as it was set: `name` is its figure or its kind."""

    branch: str
    agent_id: UUID | None
    agent: str | None
    name: str
    amount: int
    set_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a group was to reach, by figure; `label` as groups of figures have it."""

    label: str
    amounts: Mapping[str, int]


_TABLES = {"target": ("figure", "amount"), "cost": ("kind", "amount_minor")}
Table = Literal["target", "cost"]


async def branch_with_agent(
    session: Session, code: str, agent_id: UUID | None
) -> tuple[UUID | None, bool]:
    """The branch in scope with this code, and whether the agent (if one is meant) is of it."""
    found = await rows(
        session,
        "SELECT b.id, CAST(:agent AS uuid) IS NULL OR EXISTS (SELECT FROM agent_profile a"
        " WHERE a.agent_id = :agent AND a.branch_id = b.id) FROM branch b WHERE b.code = :code",
        code=code,
        agent=agent_id,
    )
    return (found[0][0], found[0][1]) if found else (None, False)


async def put(
    session: Session, table: Table, branch_id: UUID, agent_id: UUID | None, month: date,
    name: str, amount: int | None, staff_id: UUID, now: datetime,
) -> None:  # fmt: skip
    """Set, change or (None) take away an amount of a month."""
    named, amounts = _TABLES[table]
    if amount is None:
        await run(
            session,
            f"DELETE FROM {table} WHERE branch_id = :branch AND month = :month"  # noqa: S608
            f" AND {named} = :name AND agent_id IS NOT DISTINCT FROM CAST(:agent AS uuid)",
            branch=branch_id, month=month, name=name, agent=agent_id,
        )  # fmt: skip
        return
    await run(
        session,
        f"""
        INSERT INTO {table} (id, branch_id, agent_id, month, {named}, {amounts}, set_at, set_by)
        VALUES (:id, :branch, :agent, :month, :name, :amount, :now, :staff)
        ON CONFLICT (branch_id, month, {named}, agent_id) DO UPDATE
        SET {amounts} = excluded.{amounts}, set_at = excluded.set_at, set_by = excluded.set_by
        """,  # noqa: S608 our own constants
        id=new_id(), branch=branch_id, agent=agent_id, month=month, name=name, amount=amount,
        now=now, staff=staff_id,
    )  # fmt: skip


async def of_month(session: Session, table: Table, month: date) -> Sequence[SetRow]:
    """What is set for a month in scope: by branch, its own before its agents'."""
    named, amounts = _TABLES[table]
    found = await rows(
        session,
        f"""
        SELECT b.code, t.agent_id, w.full_name, t.{named}, t.{amounts}, t.set_at, s.full_name
        FROM {table} t JOIN branch b ON b.id = t.branch_id JOIN staff s ON s.id = t.set_by
        LEFT JOIN staff w ON w.id = t.agent_id
        WHERE t.month = :month
        ORDER BY b.code, w.full_name NULLS FIRST, t.agent_id NULLS FIRST, t.{named}
        """,  # noqa: S608 our own constants
        month=month,
    )
    return [SetRow(*r) for r in found]


async def reached_for(session: Session, question: Question, now: datetime) -> Mapping[str, Wanted]:
    """What was to be reached in a question's span, by group and figure.

    Each day of a month bears its part. A branch's target is its own, or else the sum of its
    agents'; one of an agent is asked for by agent. Products have no targets.
    """
    if question.product is not None or question.grouping is Grouping.PRODUCT:
        return {}
    by_agent = question.grouping is Grouping.AGENT or question.agent_id is not None
    key, label, joins = GROUPS[question.grouping]
    meant = "c.agent_id IS NOT NULL" if by_agent else "(c.agent_id IS NULL OR NOT c.has_own)"
    found = await rows(
        session,
        f"""
        WITH {ASKED}, meant AS (
            SELECT t.*, bool_or(agent_id IS NULL)
                OVER (PARTITION BY branch_id, month, figure) AS has_own
            FROM target t WHERE branch_id IN (SELECT branch_id FROM asked)
                AND month BETWEEN date_trunc('month', CAST(:first AS date)) AND :last
        ), f AS (
            SELECT c.branch_id, c.agent_id, g.day::date AS day, c.figure,
                   {SHARE.format(amount="c.amount")} AS part
            FROM meant c {SPREAD}
            WHERE {meant} AND (CAST(:agent AS uuid) IS NULL OR c.agent_id = :agent)
        )
        SELECT {key} AS key, {label} AS label, f.figure, sum(f.part)::bigint AS amount
        FROM f JOIN asked s ON s.branch_id = f.branch_id {joins} GROUP BY 1, 2, 3 ORDER BY 2, 1
        """,  # noqa: S608 our own constants
        **parameters(question),
        now=now,
    )
    amounts: dict[str, dict[str, int]] = {}
    for r in found:
        amounts.setdefault(r.key, {})[r.figure] = r.amount
    labels = {r.key: r.label for r in found}
    return {key: Wanted(labels[key], each) for key, each in amounts.items()}
