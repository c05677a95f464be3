"""Alerts: one table and one mechanism, for every part. Raised once, acknowledged, cleared."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from core.ids import new_id
from data.live import announce
from data.queue import enqueue
from data.rows_json import as_json
from data.session import Session, rows
from data.tables.platform import Alert

PANIC = "panic"
"""The kind of an agent's call for help: no alert goes before it, and it is pushed at once."""

PUSH_AFTER_S = 60
"""How long an alert may wait for somebody at the screen, where no policy says ``push_after_s``."""


@dataclass(frozen=True, slots=True)
class NewAlert:
    """Something a person should decide on. Of one kind about one subject, one is open at a time."""

    branch_id: UUID
    kind: str
    subject_id: UUID
    title: str
    detail: str
    agent_id: UUID | None = None
    case_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict)


async def raise_alert(
    session: Session,
    branch_id: UUID,
    kind: str,
    subject_id: UUID,
    title: str,
    detail: str,
    now: datetime,
    *,
    agent_id: UUID | None = None,
    case_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
) -> bool:
    """Raise an alert, tell the screens, and have it pushed unless somebody acknowledges it soon.

    False when one of this kind about it is open already.
    """
    alert = NewAlert(branch_id, kind, subject_id, title, detail, agent_id, case_id, facts or {})
    return await raise_alerts(session, [alert], now) == 1


_GIVEN = """
jsonb_to_recordset(CAST(:alerts AS jsonb)) AS g (id uuid, branch_id uuid, kind text,
    subject_id uuid, title text, detail text, agent_id uuid, case_id uuid, facts jsonb)
"""
_SHOWN = "a.id, a.branch_id, a.kind, a.title, a.detail, a.agent_id, a.case_id, a.facts, a.raised_at"
_RAISE = f"""
INSERT INTO alert AS a (id, branch_id, kind, subject_id, title, detail, agent_id, case_id, facts,
                        raised_at)
SELECT id, branch_id, kind, subject_id, title, detail, agent_id, case_id, facts, :now FROM {_GIVEN}
ON CONFLICT (kind, subject_id) WHERE cleared_at IS NULL DO NOTHING
RETURNING {_SHOWN}, a.acknowledged_at, a.acknowledged_note
"""  # noqa: S608 our own constants
_REWORD = f"""
UPDATE alert a SET title = g.title, detail = g.detail, facts = g.facts FROM {_GIVEN}
WHERE a.kind = g.kind AND a.subject_id = g.subject_id AND a.cleared_at IS NULL
RETURNING {_SHOWN}, a.acknowledged_at, a.acknowledged_note
"""  # noqa: S608 our own constants


def _given(alerts: Sequence[NewAlert]) -> str:
    """The rows of `_GIVEN`: one parameter, however many there are."""
    return as_json([{"id": new_id(), **asdict(alert)} for alert in alerts])


async def raise_alerts(session: Session, alerts: Sequence[NewAlert], now: datetime) -> int:
    """Raise all of these that are not open yet, tell the screens of each, and have closed browsers
    told of those that nobody acknowledges soon; how many that were."""
    if not alerts:
        return 0
    raised = await rows(session, _RAISE, alerts=_given(alerts), now=now)
    # Who is to be told is found out by the job: this transaction may not see them.
    for (branch_id, is_panic), ids in _by_branch(raised).items():
        after_s = 0.0 if is_panic else await _push_after_s(session, branch_id)
        await enqueue(session, "push.tell", after_s=after_s, lane="push", alert_ids=ids)
    return _tell(session, raised)


def _by_branch(raised: Sequence[Any]) -> dict[tuple[UUID, bool], list[str]]:
    grouped: dict[tuple[UUID, bool], list[str]] = {}
    for alert in raised:
        grouped.setdefault((alert.branch_id, alert.kind == PANIC), []).append(str(alert.id))
    return grouped


async def _push_after_s(session: Session, branch_id: UUID) -> float:
    found = await rows(
        session, "SELECT branch_policy(:branch, 'push_after_s') AS value", branch=branch_id
    )
    value = found[0].value
    return float(PUSH_AFTER_S if value is None else value)


async def clear_alert(
    session: Session, branch_id: UUID, kind: str, subject_id: UUID, now: datetime
) -> bool:
    """Clear the open alert of a kind about a subject, and tell the screens; whether there was."""
    cleared = await session.execute(
        update(Alert)
        .where(Alert.kind == kind, Alert.subject_id == subject_id, Alert.cleared_at.is_(None))
        .values(cleared_at=now)
        .returning(Alert.id)
    )
    alert_id = cleared.scalar_one_or_none()
    if alert_id is None:
        return False
    announce(session, branch_id, "alert_cleared", {"id": str(alert_id)})
    return True


@dataclass(frozen=True, slots=True)
class Settled:
    """How many alerts a look at all of their kinds has raised, put into new words, and cleared."""

    raised: int
    reworded: int
    cleared: int


async def forget_cleared(
    session: Session, branch_id: UUID, before: datetime
) -> tuple[int, int, datetime | None]:
    """Empty the details of alerts that were cleared before a time, but for customers under a legal
    hold: how many, how many a hold kept, and when the oldest was cleared."""
    [r] = await rows(
        session,
        """
        WITH old AS (
            SELECT a.id, a.cleared_at, EXISTS (
                SELECT FROM case_file c JOIN legal_hold h ON h.customer_id = c.customer_id
                WHERE c.id = a.case_id AND h.lifted_at IS NULL) AS held
            FROM alert a WHERE a.branch_id = :branch AND a.cleared_at < :before
              AND (a.detail <> '' OR a.facts <> '{}' OR a.acknowledged_note IS NOT NULL)
        ), gone AS (
            UPDATE alert a SET detail = '', facts = '{}', acknowledged_note = NULL FROM old
            WHERE a.id = old.id AND NOT old.held RETURNING old.cleared_at
        )
        SELECT (SELECT count(*) FROM gone) AS count, (SELECT count(*) FROM old WHERE held) AS held,
               (SELECT min(cleared_at) FROM gone) AS oldest
        """,
        branch=branch_id,
        before=before,
    )
    return r.count, r.held, r.oldest


OpenAlerts = dict[tuple[str, UUID], dict[str, Any]]
"""The facts of open alerts by (kind, subject)."""


async def open_alerts(session: Session, kinds: Collection[str]) -> OpenAlerts:
    """The open alerts of these kinds in scope."""
    found = await rows(
        session,
        "SELECT kind, subject_id, facts FROM alert"
        " WHERE cleared_at IS NULL AND kind = ANY(CAST(:kinds AS text[]))",
        kinds=list(kinds),
    )
    return {(r.kind, r.subject_id): r.facts for r in found}


async def settle_alerts(
    session: Session, known: OpenAlerts, wanted: Sequence[NewAlert], now: datetime
) -> Settled:
    """Have exactly the `wanted` alerts open, of all that are `known` to be, and tell the screens.

    An open one keeps its words, who acknowledged it and when it was raised, unless the ``cause``
    or ``likelihood`` in its facts has changed: then it gets the new words and facts.
    """
    by_key = {(alert.kind, alert.subject_id): alert for alert in wanted}
    new = [alert for key, alert in by_key.items() if key not in known]
    changed = [
        alert
        for key, alert in by_key.items()
        if key in known
        and any(known[key].get(name) != alert.facts.get(name) for name in ("cause", "likelihood"))
    ]
    return Settled(
        await raise_alerts(session, new, now),
        await _reword(session, changed),
        await _clear(session, known.keys() - by_key.keys(), now),
    )


async def _reword(session: Session, alerts: Sequence[NewAlert]) -> int:
    if not alerts:
        return 0
    return _tell(session, await rows(session, _REWORD, alerts=_given(alerts)))


async def _clear(session: Session, alerts: Collection[tuple[str, UUID]], now: datetime) -> int:
    if not alerts:
        return 0
    cleared = await rows(
        session,
        "UPDATE alert SET cleared_at = :now"
        " FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS uuid[])) AS e (kind, subject_id)"
        " WHERE alert.kind = e.kind AND alert.subject_id = e.subject_id"
        " AND alert.cleared_at IS NULL RETURNING alert.id, alert.branch_id",
        now=now,
        kinds=[kind for kind, _ in alerts],
        subjects=[subject_id for _, subject_id in alerts],
    )
    for alert in cleared:
        announce(session, alert.branch_id, "alert_cleared", {"id": str(alert.id)})
    return len(cleared)


def _tell(session: Session, alerts: Sequence[Any]) -> int:
    """Announce these as the screens show them; how many they were."""
    for alert in alerts:
        shown = {
            "id": str(alert.id),
            "kind": alert.kind,
            "title": alert.title,
            "detail": alert.detail,
            "agent_id": str(alert.agent_id) if alert.agent_id else None,
            "case_id": str(alert.case_id) if alert.case_id else None,
            "facts": alert.facts,
            "raised_at": alert.raised_at.isoformat(),
            "acknowledged_at": alert.acknowledged_at.isoformat() if alert.acknowledged_at else None,
            "acknowledged_note": alert.acknowledged_note,
        }
        announce(session, alert.branch_id, "alert", shown)
    return len(alerts)
