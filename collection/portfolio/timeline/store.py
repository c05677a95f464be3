"""SQL of timelines."""

from base64 import b64decode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from collection.portfolio.timeline.kinds import GROUPED, KINDS, SEALED
from core.money import Money
from data.sealed import opened
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: its kind, when, who did it, and the facts of that kind."""

    kind: str
    id: UUID
    at: datetime
    case_id: UUID
    by: str | None
    amount: Money | None
    facts: dict[str, Any]


async def timeline(
    session: Session,
    case_ids: Collection[UUID],
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Event]:
    """What happened on these cases in scope, the newest first, behind the event at `after`."""
    at, event_id = after or (None, None)
    found = await rows(session, _TIMELINE[after is not None], cases=list(case_ids), limit=limit,
                       **({} if after is None else {"at": at, "id": event_id}))  # fmt: skip
    return [
        Event(
            r.kind, r.id, r.at, r.case_id, r.by,
            None if r.currency is None else Money(r.minor, r.currency), _opened(r.kind, r.facts),
        )
        for r in found
    ]  # fmt: skip


def _opened(kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    told = {name: facts[name] for name in SEALED.get(kind, ()) if facts[name] is not None}
    return facts | {name: opened(b64decode(value)) for name, value in told.items()}


def _kind(kind: str, *, is_behind: bool) -> str:
    at, query = KINDS[kind]
    bound = f" AND {at} <= :at" if is_behind else ""
    behind = "WHERE (at, id) < (:at, CAST(:id AS uuid))" if is_behind else ""
    named = "(id, at, case_id, by_id, minor, currency, facts)"
    return f"""
        (SELECT '{kind}' AS kind, e.* FROM ({query}{bound}{GROUPED.get(kind, "")}) e {named}
         {behind} ORDER BY at DESC, id DESC LIMIT :limit)
    """  # noqa: S608 our own constants


def _timeline(*, is_behind: bool) -> str:
    kinds = " UNION ALL ".join(_kind(kind, is_behind=is_behind) for kind in KINDS)
    return f"""
        WITH k AS MATERIALIZED (SELECT unnest(CAST(:cases AS uuid[])) AS case_id), page AS (
            SELECT * FROM ({kinds}) e ORDER BY at DESC, id DESC LIMIT :limit
        )
        SELECT page.*, s.full_name AS by FROM page LEFT JOIN staff s ON s.id = page.by_id
        ORDER BY page.at DESC, page.id DESC
    """  # noqa: S608 our own constants


_TIMELINE = {is_behind: _timeline(is_behind=is_behind) for is_behind in (False, True)}
