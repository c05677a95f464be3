"""SQL of lists of values."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from collection.field_notes.values.value_list import Asks, Reaches, Topic, Value, ValueList
from core.ids import new_id
from data.session import Session, rows, run
from data.tables.field_notes import ListedValue
from data.tables.field_notes import ValueList as ValueListRow

_NEAREST = """
    SELECT v.id, v.version, v.branch_id FROM value_list v
    LEFT JOIN branch_line(:branch) l ON l.branch_id = v.branch_id
    WHERE v.topic = :topic AND v.active_from <= :day
      AND (l.branch_id IS NOT NULL OR v.branch_id IS NULL)
    ORDER BY l.steps NULLS LAST, v.version DESC LIMIT 1
"""


async def value_list(session: Session, branch_id: UUID, topic: Topic, day: date) -> ValueList:
    """The list that holds in a branch on a day: the nearest one above it, else as shipped."""
    found = await rows(
        session,
        f"SELECT n.id, n.version, v.* FROM ({_NEAREST}) n"  # noqa: S608 our own constant
        " JOIN listed_value v ON v.list_id = n.id ORDER BY v.position",
        branch=branch_id,
        topic=topic.value,
        day=day,
    )
    return ValueList(found[0].id, topic, found[0].version, {r.code: _value(r) for r in found})


async def has_own(session: Session, branch_id: UUID, topic: Topic) -> bool:
    """Whether a branch has published a list of a topic itself."""
    found = await rows(
        session,
        "SELECT 1 FROM value_list WHERE branch_id = :branch AND topic = :topic LIMIT 1",
        branch=branch_id,
        topic=topic.value,
    )
    return bool(found)


async def lock_topic(session: Session, branch_id: UUID, topic: Topic) -> int:
    """Have a branch's lists of a topic be published one after another; the last version, or 0."""
    await run(
        session,
        "SELECT pg_advisory_xact_lock(hashtext('value_list:' || :key))",
        key=f"{branch_id}:{topic}",
    )
    found = await rows(
        session,
        "SELECT coalesce(max(version), 0) AS version FROM value_list"
        " WHERE branch_id = :branch AND topic = :topic",
        branch=branch_id,
        topic=topic.value,
    )
    version: int = found[0].version
    return version


async def codes_in_use(session: Session, branch_id: UUID, topic: Topic, day: date) -> set[str]:
    """The codes of the list that holds now which were chosen in the branch or below it."""
    found = await rows(
        session,
        f"""
        WITH n AS ({_NEAREST}), below AS (
            SELECT b.id FROM branch b WHERE EXISTS (
                SELECT FROM branch_line(b.id) l WHERE l.branch_id = :branch)
        )
        SELECT v.code FROM n JOIN listed_value v ON v.list_id = n.id
        WHERE EXISTS (SELECT FROM disposition d JOIN below ON below.id = d.branch_id
                      JOIN value_list l ON l.id = d.list_id AND l.topic = :topic
                      WHERE v.code IN (d.contact_code, d.result_code, d.reason_code))
           OR EXISTS (SELECT FROM root_cause c JOIN below ON below.id = c.branch_id
                      JOIN value_list l ON l.id = c.list_id AND l.topic = :topic
                      WHERE v.code = c.cause_code)
        """,  # noqa: S608 our own constant
        branch=branch_id,
        topic=topic.value,
        day=day,
    )
    return {r.code for r in found}


async def add_list(
    session: Session,
    branch_id: UUID,
    topic: Topic,
    version: int,
    values: Sequence[Value],
    active_from: date,
    by: UUID,
    now: datetime,
) -> UUID:
    """Store a version; its id."""
    list_id = new_id()
    await session.execute(
        insert(ValueListRow).values(
            id=list_id, branch_id=branch_id, topic=topic.value, version=version,
            active_from=active_from, published_at=now, published_by=by,
        )
    )  # fmt: skip
    await session.execute(
        insert(ListedValue),
        [
            {
                "list_id": list_id, "code": v.code, "parent_code": v.parent, "position": n,
                "label": v.label, "labels": dict(v.labels),
                "reaches": v.reaches and v.reaches.value, "asks": sorted(v.asks),
                "active_from": v.active_from, "active_until": v.active_until,
            }
            for n, v in enumerate(values)
        ],
    )  # fmt: skip
    return list_id


def _value(r: Any) -> Value:
    return Value(
        r.code, r.label, r.parent_code, Reaches(r.reaches) if r.reaches else None,
        frozenset(Asks(a) for a in r.asks), r.active_from, r.active_until, r.labels,
    )  # fmt: skip
