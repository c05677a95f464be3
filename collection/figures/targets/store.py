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
    """A target or a cost as it was set: `name` is its figure or its kind. `set_by` is empty where
    that is somebody of a branch above, whom the reader does not see."""

    branch: str
    agent_id: UUID | None
    agent: str | None
    name: str
    amount: int
    set_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent, and the branch (code) that they work for."""

    id: UUID
    name: str
    branch: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a group was to reach, by figure; `label` as groups of figures have it."""

    label: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AllWanted:
    """What was to be reached by each group, and by all together."""

    groups: Mapping[str, Wanted]
    total: Wanted


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


async def agents(session: Session, code: str) -> Sequence[AgentRow]:
    """The agents of a branch in scope (code) who work here, by name."""
    found = await rows(
        session,
        "SELECT a.agent_id, s.full_name, b.code FROM agent_profile a"
        " JOIN staff s ON s.id = a.agent_id JOIN branch b ON b.id = a.branch_id"
        " WHERE b.code = :code AND s.is_active ORDER BY s.full_name, a.agent_id",
        code=code,
    )
    return [AgentRow(*r) for r in found]


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
        SELECT b.code, t.agent_id, w.full_name, t.{named}, t.{amounts}, t.set_at,
               coalesce(s.full_name, '') AS set_by
        FROM {table} t JOIN branch b ON b.id = t.branch_id LEFT JOIN staff s ON s.id = t.set_by
        LEFT JOIN staff w ON w.id = t.agent_id
        WHERE t.month = :month
        ORDER BY b.code, w.full_name NULLS FIRST, t.agent_id NULLS FIRST, t.{named}
        """,  # noqa: S608 our own constants
        month=month,
    )
    return [SetRow(*r) for r in found]


async def reached_for(session: Session, question: Question, now: datetime) -> AllWanted:
    """What was to be reached in a question's span, by group and figure.

    Each day of a month bears its part. A branch's target is its own, or else the sum of its
    agents'; by agent their own are told, and in total what the branches are to reach. Products have
    no targets.
    """
    if question.product is not None or question.grouping is Grouping.PRODUCT:
        return AllWanted({}, Wanted("", {}))
    by, label, name = GROUPS[question.grouping]
    of_branch = "(agent_id IS NULL OR NOT has_own)" if question.agent_id is None else "true"
    of_group = "agent_id IS NOT NULL" if question.grouping is Grouping.AGENT else of_branch
    found = await rows(
        session,
        f"""
        WITH {ASKED}, meant AS (
            SELECT t.*, bool_or(agent_id IS NULL)
                OVER (PARTITION BY branch_id, month, figure) AS has_own
            FROM target t WHERE branch_id IN (SELECT branch_id FROM asked)
                AND month BETWEEN date_trunc('month', CAST(:first AS date)) AND :last
        ), parts AS (
            SELECT c.branch_id, c.agent_id, g.day::date AS day, c.figure, c.has_own,
                   {SHARE.format(amount="c.amount")} AS part
            FROM meant c {SPREAD}
            WHERE CAST(:agent AS uuid) IS NULL OR c.agent_id = :agent
        ), g AS (
            SELECT key, figure, grouping(key) = 1 AS is_total, CASE WHEN grouping(key) = 1
                   THEN sum(part) FILTER (WHERE of_branch) ELSE sum(part) FILTER (WHERE of_group)
                   END::bigint AS amount
            FROM (SELECT {by} AS key, figure, part, {of_branch} AS of_branch,
                         {of_group} AS of_group FROM parts) p
            GROUP BY GROUPING SETS ((key, figure), (figure))
        )
        SELECT coalesce({name or "g.key::text"}, '') AS key, coalesce({label}, '') AS label,
               g.figure, g.is_total, g.amount
        FROM g WHERE amount IS NOT NULL ORDER BY 2, 1
        """,  # noqa: S608 our own constants
        **parameters(question),
        now=now,
    )
    amounts: dict[str, dict[str, int]] = {}
    for r in found:
        if not r.is_total:
            amounts.setdefault(r.key, {})[r.figure] = r.amount
    labels = {r.key: r.label for r in found if not r.is_total}
    total = {r.figure: r.amount for r in found if r.is_total}
    return AllWanted(
        {key: Wanted(labels[key], each) for key, each in amounts.items()}, Wanted("", total)
    )
