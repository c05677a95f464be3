"""SQL of the beginning of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from collection.portfolio.case_figures.store import ask_for
from collection.portfolio.products.terms import BY_ITSELF, MOVED_BY_DAYS
from core.money import Money
from core.said import say
from data.session import Session, rows, run
from identity.policies.policy import DEFAULTS


@dataclass(frozen=True, slots=True)
class PortfolioDay:
    """A branch's cases when a day began, and the promises that were settled by its beginning.

    `late` of the `cases` have days past due; `overdue` is of all.
    """

    day: date
    begun_at: datetime
    cases: int
    late: int
    overdue: Money
    promises_kept: int
    promises_part_kept: int
    promises_broken: int


async def to_begin(session: Session, now: datetime) -> Sequence[UUID]:
    """The branches in scope whose day of `now` has not begun."""
    found = await rows(
        session,
        """
        SELECT id FROM branch b WHERE NOT EXISTS (
            SELECT FROM portfolio_day p WHERE p.branch_id = b.id
            AND p.day = (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date)
        ORDER BY code
        """,
        now=now,
    )
    return [r.id for r in found]


async def begin(session: Session, branch_id: UUID, now: datetime) -> date | None:
    """Begin a branch's day of `now`, once: whoever comes second waits, and gets None."""
    found = await rows(
        session,
        "INSERT INTO portfolio_day (branch_id, day, begun_at)"
        " SELECT id, (CAST(:now AS timestamptz) AT TIME ZONE zone)::date, :now"
        " FROM branch WHERE id = :branch ON CONFLICT DO NOTHING RETURNING day",
        branch=branch_id,
        now=now,
    )
    return found[0].day if found else None


async def lock_accounts(session: Session, branch_id: UUID) -> None:
    """Lock the accounts of a branch's open cases, in the order that all who lock several keep."""
    await run(
        session,
        "SELECT count(*) FROM (SELECT a.id FROM account a WHERE a.id IN ("
        "SELECT account_id FROM case_file WHERE branch_id = :branch AND closed_at IS NULL)"
        " ORDER BY a.id FOR NO KEY UPDATE) locked",
        branch=branch_id,
    )


async def ask_for_branch(session: Session, branch_id: UUID, day: date, now: datetime) -> None:
    """Ask for the figures of a branch's open cases, so far as it is known what they owe, and unless
    they are of that day already: a file came in, or a payment, and no advance was used and no
    arrears plan broken since.

    The lender's own count of days, which may be higher than what the demands show, goes on with
    the days while anything is unpaid.
    """
    await ask_for(
        session,
        """
        SELECT c.account_id, c.branch_id, NULL::date AS promised_on,
               CASE WHEN c.dpd > 0 AND EXISTS (
                        SELECT FROM demand d
                        WHERE d.account_id = c.account_id AND d.paid_minor < d.total_minor)
                    THEN c.dpd + (CAST(:day AS date) - c.as_of) ELSE 0 END AS known_dpd
        FROM case_file c
        WHERE c.branch_id = :branch AND (c.closed_at IS NULL OR c.closure = 'reinstated')
          AND (c.as_of < :day OR EXISTS (
              SELECT FROM advance_use x WHERE x.account_id = c.account_id AND x.used_on = :day)
              OR EXISTS (SELECT FROM arrears_plan p WHERE p.account_id = c.account_id
                         AND p.state = 'broken' AND p.settled_at = :now))
          AND EXISTS (SELECT FROM demand d WHERE d.account_id = c.account_id)
        """,
        branch=branch_id,
        day=day,
        now=now,
    )


async def move_cases(session: Session, now: datetime) -> int:
    """Move cases on to the stages that their figures have come to, by the changes that are allowed;
    how many changes. None goes back, and none that is in a stage that only a person decides."""
    moved = 0
    # One round a change: the longest way has fewer.
    order = [stage.value for stage in BY_ITSELF]
    late, fell_due = say("{days} days past due", days="{days}"), say("It fell due")
    for turn in range(len(BY_ITSELF)):
        at = now + timedelta(microseconds=turn)
        found = await rows(session, _MOVE, at=at, order=order, late=late, fell_due=fell_due)
        if not found[0].many:
            break
        moved += found[0].many
    return moved


_MOVE = """
WITH here AS (
    SELECT c.id, c.branch_id, c.stage, c.dpd,
           array_position(CAST(:order AS text[]), c.stage) AS place,
           array_position(CAST(:order AS text[]), f.stage) AS wanted
    FROM figures f JOIN case_file c ON c.account_id = f.account_id
    WHERE c.stage <> f.stage
), moved AS (
    INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, reason, changed_at)
    SELECT uuid_v7(:at), h.branch_id, h.id, h.stage, m.to_stage,
           CASE WHEN h.dpd > 0 THEN replace(:late, '{days}', h.dpd::text) ELSE :fell_due END, :at
    FROM here h CROSS JOIN LATERAL (
        SELECT to_stage FROM stage_move
        WHERE from_stage = h.stage
          AND array_position(CAST(:order AS text[]), to_stage) BETWEEN h.place + 1 AND h.wanted
        ORDER BY array_position(CAST(:order AS text[]), to_stage) DESC LIMIT 1
    ) m WHERE h.place < h.wanted RETURNING 1
)
SELECT count(*)::int AS many FROM moved
"""


async def close_cured(session: Session, now: datetime) -> int:
    """Close cases of which nothing is overdue any more, where a branch's policy
    ``close_cured_cases`` has it: as paid in full those whose installments are all paid, as
    reinstated those that are back before the first stage of being late; how many. None that people
    decide on: at the stage `legal`, before a court, or paying in parts."""
    after = now + timedelta(microseconds=len(BY_ITSELF))
    order = [stage.value for stage in BY_ITSELF]
    found = await rows(
        session, _CLOSE, at=after, order=order, late=[stage.value for stage in MOVED_BY_DAYS],
        closes=DEFAULTS["close_cured_cases"], all_paid=say("All installments are paid"),
        cured=say("Nothing is overdue any more"),
    )  # fmt: skip
    closed: int = found[0].many
    return closed


_CLOSE = """
WITH cured AS (
    SELECT c.id, c.branch_id, c.stage,
           p.account_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM demand d
               WHERE d.account_id = c.account_id AND d.paid_minor < d.total_minor) AS is_paid,
           c.stage = ANY (:late) AND f.stage <> ALL (:late) AS is_back
    FROM figures f JOIN case_file c ON c.account_id = f.account_id
    LEFT JOIN installment_plan p ON p.account_id = c.account_id AND p.next_no > p.installments
    WHERE c.closed_at IS NULL AND c.stage = ANY (:order) AND c.overdue_minor = 0 AND c.dpd = 0
      AND NOT EXISTS (SELECT FROM arrears_plan a
                      WHERE a.account_id = c.account_id AND a.state = 'accepted')
      AND NOT EXISTS (SELECT FROM legal_case l WHERE l.case_id = c.id AND l.closed_at IS NULL)
), wanted AS (
    SELECT branch_id FROM (SELECT DISTINCT branch_id FROM cured) b
    WHERE coalesce((branch_policy(branch_id, 'close_cured_cases') #>> '{}')::boolean, :closes)
), closed AS (
    INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, closure, reason,
                              changed_at)
    SELECT uuid_v7(:at), c.branch_id, c.id, c.stage, 'closed',
           CASE WHEN c.is_paid THEN 'paid_in_full' ELSE 'reinstated' END,
           CASE WHEN c.is_paid THEN :all_paid ELSE :cured END, :at
    FROM cured c JOIN wanted USING (branch_id)
    WHERE (c.is_paid OR c.is_back) AND EXISTS (
        SELECT FROM stage_move WHERE from_stage = c.stage AND to_stage = 'closed')
    RETURNING 1
)
SELECT count(*)::int AS many FROM closed
"""


async def judge_promises(session: Session, branch_id: UUID, day: date, now: datetime) -> None:
    """Settle a branch's open promises whose date and grace were over before `day`."""
    await run(
        session,
        "SELECT judge_promises(ARRAY (SELECT id FROM promise"
        " WHERE branch_id = :branch AND state = 'open' AND due_on < :day), :now)",
        branch=branch_id,
        day=day,
        now=now,
    )


async def keep_counts(session: Session, branch_id: UUID, day: date) -> None:
    """Keep how things stand: of all open cases, and of the promises settled since the last day."""
    await run(
        session,
        """
        UPDATE portfolio_day p
        SET cases = c.cases, late = c.late, overdue_minor = c.overdue_minor,
            promises_kept = s.kept, promises_part_kept = s.part_kept, promises_broken = s.broken
        FROM (SELECT count(*) AS cases, count(*) FILTER (WHERE dpd > 0) AS late,
                     coalesce(sum(overdue_minor), 0)::bigint AS overdue_minor
              FROM case_file WHERE branch_id = :branch AND closed_at IS NULL) c,
             (SELECT count(*) FILTER (WHERE state = 'kept') AS kept,
                     count(*) FILTER (WHERE state = 'part_kept') AS part_kept,
                     count(*) FILTER (WHERE state = 'broken') AS broken
              FROM promise WHERE branch_id = :branch AND settled_at > coalesce(
                  (SELECT max(begun_at) FROM portfolio_day
                   WHERE branch_id = :branch AND day < :day), '-infinity')) s
        WHERE p.branch_id = :branch AND p.day = :day
        """,
        branch=branch_id,
        day=day,
    )


async def days(session: Session, branch_id: UUID, limit: int) -> Sequence[PortfolioDay]:
    """The last days of a branch in scope, the newest first."""
    found = await rows(
        session,
        "SELECT p.*, b.currency FROM portfolio_day p JOIN branch b ON b.id = p.branch_id"
        " WHERE branch_id = :branch ORDER BY day DESC LIMIT :limit",
        branch=branch_id,
        limit=limit,
    )
    return [
        PortfolioDay(
            r.day, r.begun_at, r.cases, r.late, Money(r.overdue_minor, r.currency),
            r.promises_kept, r.promises_part_kept, r.promises_broken,
        )
        for r in found
    ]  # fmt: skip
