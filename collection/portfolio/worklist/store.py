"""SQL of the worklist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from collection.field_notes.causes.store import UNEXPLAINED
from collection.field_notes.next_actions.store import COMES_NEXT, TO_COME
from collection.portfolio.dpd import Section
from core.money import Money
from data.sealed import index_of
from data.session import Session, rows


class PromiseFilter(StrEnum):
    """What was promised on a case."""

    OPEN = "open"
    DUE = "due"
    BROKEN = "broken"
    NONE = "none"


class NextFilter(StrEnum):
    """What is to come on a case: today, something that is late, later, or nothing."""

    DUE = "due"
    LATE = "late"
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for. `without_form`: no authorization form was ever brought of the
    customer, on any case. `words` are part of a name, or a whole account or phone number."""

    bucket: str | None = None
    section: Section | None = None
    stage: str | None = None
    agent_id: UUID | None = None
    promise: PromiseFilter | None = None
    next_action: NextFilter | None = None
    without_cause: bool = False
    without_form: bool = False
    words: str | None = None


@dataclass(frozen=True, slots=True)
class WorklistCase:
    """A case as it stands on a worklist."""

    id: UUID
    customer_id: UUID
    customer: str
    account: str
    product_code: str
    branch: str
    stage: str
    bucket: str
    section: str
    dpd: int
    overdue: Money
    urgency: float
    agent_id: UUID | None
    agent: str | None
    promised: Money | None
    promised_on: date | None
    next_action: str | None
    next_on: date | None
    last_result: str | None
    last_at: datetime | None


_TODAY = "(CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date"
_PROMISE = "SELECT FROM promise p WHERE p.account_id = c.account_id AND p.state"
_NEXT_ON = f"(SELECT y.due_on FROM ({COMES_NEXT}) y)"  # noqa: S608
_NEXT = {
    NextFilter.DUE: f"{_NEXT_ON} = {_TODAY}",
    NextFilter.LATE: f"{_NEXT_ON} < {_TODAY}",
    NextFilter.LATER: f"{_NEXT_ON} > {_TODAY}",
    NextFilter.NONE: f"NOT {TO_COME}",
}
_PROMISES = {
    PromiseFilter.OPEN: f"EXISTS ({_PROMISE} = 'open')",
    PromiseFilter.DUE: f"EXISTS ({_PROMISE} = 'open' AND p.due_on <= {_TODAY})",
    PromiseFilter.BROKEN: f"EXISTS ({_PROMISE} IN ('broken', 'part_kept'))"
    f" AND NOT EXISTS ({_PROMISE} = 'open')",
    PromiseFilter.NONE: f"NOT EXISTS ({_PROMISE} = 'open')",
}
_WORDS = """(u.full_name ILIKE '%' || CAST(:words AS text) || '%' OR a.source_ref = :words
             OR u.source_ref = :words OR u.phone_index = :index
             OR EXISTS (SELECT FROM contact_point o WHERE o.customer_id = c.customer_id
                        AND o.value_index = :index AND o.ended_at IS NULL))"""
_FORM = """SELECT FROM case_file f JOIN attachment x ON x.case_id = f.id AND x.kind = 'car_form'
           WHERE f.customer_id = c.customer_id"""
_OWNER = """SELECT FROM assignment g WHERE g.case_id = c.id AND g.agent_id = :agent
            AND upper_inf(g.during)"""


def _where(wanted: Wanted) -> list[str]:
    """The conditions that these wishes make; only what is asked for costs anything."""
    stage = "c.stage = :stage" if wanted.stage else "c.closed_at IS NULL"
    conditions = [stage]
    if wanted.bucket is not None:
        conditions.append("c.bucket = :bucket")
    if wanted.section is not None:
        conditions.append("c.section = :section")
    if wanted.agent_id is not None:
        conditions.append(f"EXISTS ({_OWNER})")
    if wanted.promise is not None:
        conditions.append(_PROMISES[wanted.promise])
    if wanted.next_action is not None:
        conditions.append(_NEXT[wanted.next_action])
    if wanted.without_cause:
        conditions.append(f"c.id IN (SELECT x.case_id FROM ({UNEXPLAINED}) x)")  # noqa: S608
    if wanted.without_form:
        conditions.append(f"NOT EXISTS ({_FORM})")
    if wanted.words:
        conditions.append(_WORDS)
    return conditions


async def worklist(
    session: Session,
    wanted: Wanted,
    now: datetime,
    *,
    after: tuple[float, UUID] | None,
    limit: int,
) -> Sequence[WorklistCase]:
    """The cases in scope that are wanted, the most urgent first, behind the one at `after`."""
    conditions = _where(wanted)
    if after is not None:
        conditions.append("(-c.urgency, c.id) > (-CAST(:urgency AS float8), CAST(:id AS uuid))")
    given: dict[str, Any] = {
        "now": now, "stage": wanted.stage, "bucket": wanted.bucket,
        "section": wanted.section, "agent": wanted.agent_id,
        "words": wanted.words, "index": index_of(wanted.words), "limit": limit,
        "urgency": after[0] if after else None, "id": after[1] if after else None,
    }  # fmt: skip
    statement = _WORKLIST.format(conditions=" AND ".join(conditions), comes_next=COMES_NEXT)
    used = {name: value for name, value in given.items() if f":{name}" in statement}
    return [_case(r) for r in await rows(session, statement, **used)]


_WORKLIST = """
    WITH page AS MATERIALIZED (
        SELECT c.*, b.code AS branch FROM case_file c
        JOIN account a ON a.id = c.account_id
        JOIN customer u ON u.id = c.customer_id
        JOIN branch b ON b.id = c.branch_id
        WHERE {conditions} ORDER BY -c.urgency, c.id LIMIT :limit
    )
    SELECT c.id, c.customer_id, u.full_name AS customer, a.source_ref, a.product_code, a.currency,
           c.branch, c.stage, c.bucket, c.section, c.dpd, c.overdue_minor, c.urgency, g.agent_id,
           s.full_name AS agent, p.amount_minor AS promised_minor, p.due_on AS promised_on,
           n.kind AS next_action, n.due_on AS next_on, d.label AS last_result,
           d.happened_at AS last_at
    FROM page c
    JOIN branch b ON b.id = c.branch_id
    JOIN account a ON a.id = c.account_id
    JOIN customer u ON u.id = c.customer_id
    LEFT JOIN assignment g ON g.case_id = c.id AND g.channel = 'visit' AND upper_inf(g.during)
    LEFT JOIN staff s ON s.id = g.agent_id
    LEFT JOIN promise p ON p.account_id = c.account_id AND p.state = 'open'
    LEFT JOIN LATERAL ({comes_next}) n ON true
    LEFT JOIN LATERAL (
        SELECT v.label, d.happened_at FROM disposition d
        JOIN listed_value v ON v.list_id = d.list_id AND v.code = d.result_code
        WHERE d.case_id = c.id ORDER BY d.happened_at DESC LIMIT 1
    ) d ON true
    ORDER BY -c.urgency, c.id
"""


def _case(r: Any) -> WorklistCase:
    promised = None if r.promised_minor is None else Money(r.promised_minor, r.currency)
    return WorklistCase(
        r.id, r.customer_id, r.customer, r.source_ref, r.product_code, r.branch, r.stage, r.bucket,
        r.section, r.dpd, Money(r.overdue_minor, r.currency), r.urgency, r.agent_id, r.agent,
        promised, r.promised_on, r.next_action, r.next_on, r.last_result, r.last_at,
    )  # fmt: skip
