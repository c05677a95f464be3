"""SQL of reminders of promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.gate.rule import Channel
from collection.messages.message import Purpose
from core.money import Money
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a customer is to be reminded of: what is left of a promise for a day, and by what."""

    promise_id: UUID
    case_id: UUID
    purpose: Purpose
    channel: Channel
    left: Money
    due_on: date


# Of a promise kept in part the rest is told. A day after it was broken nobody is told any more; a
# promise of today for today needs no reminder. Where the branch's contact hours have not begun or
# are over, a later look finds it again.
_WAITING = """
WITH ground AS MATERIALIZED (
    SELECT id, coalesce(branch_policy(id, 'promise_message') #>> '{}', 'off') AS channel, zone,
           (CAST(:now AS timestamptz) AT TIME ZONE zone)::date AS today,
           (CAST(:now AS timestamptz) AT TIME ZONE zone)::time
               BETWEEN contact_from AND contact_to - interval '1 microsecond' AS is_open
    FROM branch
), told AS (
    SELECT g.today, p.id, p.case_id, g.channel, p.amount_minor - p.paid_minor AS left_minor,
           p.currency, p.due_on, (p.made_at AT TIME ZONE g.zone)::date < g.today AS is_older,
           CASE WHEN p.due_on = g.today THEN 'promise_today' ELSE 'promise_tomorrow' END AS purpose
    FROM ground g JOIN promise p ON p.branch_id = g.id AND p.state = 'open'
        AND p.due_on BETWEEN g.today AND g.today + 1
    WHERE g.is_open AND g.channel <> 'off'
    UNION ALL
    SELECT g.today, p.id, p.case_id, g.channel, p.amount_minor - p.paid_minor, p.currency, p.due_on,
           true, 'promise_broken'
    FROM ground g JOIN promise p ON p.branch_id = g.id AND p.state IN ('broken', 'part_kept')
        AND p.settled_at > CAST(:now AS timestamptz) - interval '1 day' AND p.settled_at <= :now
    WHERE g.is_open AND g.channel <> 'off'
)
SELECT t.id, t.case_id, t.purpose, t.channel, t.left_minor, t.currency, t.due_on
FROM told t JOIN case_file c ON c.id = t.case_id AND c.closed_at IS NULL
WHERE t.is_older AND t.left_minor > 0
  AND NOT EXISTS (SELECT FROM message m WHERE m.purpose = t.purpose AND m.subject_id = t.id)
  AND NOT EXISTS (SELECT FROM case_tag g WHERE g.case_id = t.case_id AND g.bars_everybody
                  AND (g.until IS NULL OR g.until >= t.today))
ORDER BY t.due_on, t.id
"""


async def waiting(session: Session, now: datetime) -> Sequence[Reminder]:
    """What is to be said now of promises in scope, and was not yet."""
    return [
        Reminder(
            r.id, r.case_id, Purpose(r.purpose), Channel(r.channel),
            Money(r.left_minor, r.currency), r.due_on,
        )
        for r in await rows(session, _WAITING, now=now)
    ]  # fmt: skip
