"""SQL of when agents work."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range

from core.ids import new_id
from data.session import Session, rows, run
from data.tables.identity import Shift, ShiftBreak
from identity.errors import AgentNotFound
from identity.shifts.hours import Span
from identity.shifts.shift import Rest


@dataclass(frozen=True, slots=True)
class ShiftView:
    """A shift of an agent; `absent_since` where they have dropped out of it. Where its rounds begin
    and end is as in the agent's field profile when None."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    absent_since: datetime | None
    absent_reason: str | None
    round_start: str | None
    round_end: str | None
    rests: tuple[Rest, ...]


@dataclass(frozen=True, slots=True)
class AtWork:
    """An agent, and the shifts asked about, in order."""

    agent_id: UUID
    name: str
    shifts: tuple[ShiftView, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of shifts: those `set` anew, `kept` since they are as wanted, `removed` whether
    or not others are in their place; and `begun`, agents for whom one runs that is not as wanted.
    """

    set: int
    kept: int
    removed: int
    begun: tuple[UUID, ...]


async def set_shift(
    session: Session,
    branch_id: UUID,
    agent_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    rests: Sequence[Rest] = (),
    round_start: str | None = None,
    round_end: str | None = None,
) -> UUID:
    """Put a shift in place of those it overlaps; returns its id.

    `round_start` and `round_end` are where its rounds begin and end, None where the agent's
    profile says.
    """
    during = Range(starts_at, ends_at)
    await run(  # who sets others of the agent at the same time comes before or after
        session,
        "SELECT FROM agent_profile WHERE agent_id = :agent FOR NO KEY UPDATE",
        agent=agent_id,
    )
    await run(
        session,
        "DELETE FROM shift WHERE agent_id = :agent AND during && tstzrange(:starts, :ends)",
        agent=agent_id,
        starts=starts_at,
        ends=ends_at,
    )
    shift_id = new_id()
    await session.execute(
        insert(Shift).values(
            id=shift_id,
            branch_id=branch_id,
            agent_id=agent_id,
            during=during,
            round_start=round_start,
            round_end=round_end,
        )
    )
    if rests:
        await session.execute(
            insert(ShiftBreak),
            [
                {
                    "shift_id": shift_id, "branch_id": branch_id, "begins_at": rest.begins_at,
                    "length_s": rest.length_s, "slack_s": rest.slack_s,
                }
                for rest in rests
            ],
        )  # fmt: skip
    return shift_id


async def at_work(
    session: Session, branch_id: UUID, since: datetime, until: datetime
) -> list[AtWork]:
    """The agents who work for a branch in scope, by name, each with the shifts that begin in this
    time. Shifts of other branches' days, from before an agent moved, are none of these."""
    people = await rows(
        session,
        "SELECT w.id, w.full_name FROM agent_profile p JOIN staff w ON w.id = p.agent_id"
        " WHERE p.branch_id = :branch AND w.is_active ORDER BY w.full_name, w.id",
        branch=branch_id,
    )
    found = await rows(
        session,
        """
        SELECT s.agent_id, s.id, lower(s.during) AS starts_at, upper(s.during) AS ends_at,
               s.absent_since, s.absent_reason, s.round_start, s.round_end,
               (SELECT array_agg(r.begins_at ORDER BY r.begins_at) FROM shift_break r
                WHERE r.shift_id = s.id) AS begins,
               (SELECT array_agg(r.length_s ORDER BY r.begins_at) FROM shift_break r
                WHERE r.shift_id = s.id) AS lengths,
               (SELECT array_agg(r.slack_s ORDER BY r.begins_at) FROM shift_break r
                WHERE r.shift_id = s.id) AS slacks
        FROM shift s
        WHERE s.branch_id = :branch AND s.during && tstzrange(:since, :until)
          AND lower(s.during) >= :since
        ORDER BY lower(s.during)
        """,
        branch=branch_id,
        since=since,
        until=until,
    )
    shifts: dict[UUID, list[ShiftView]] = defaultdict(list)
    for r in found:
        rests = zip(r.begins or (), r.lengths or (), r.slacks or (), strict=True)
        its = ShiftView(
            r.id, r.starts_at, r.ends_at, r.absent_since, r.absent_reason, r.round_start,
            r.round_end, tuple(Rest(*each) for each in rests),
        )  # fmt: skip
        shifts[r.agent_id].append(its)
    return [AtWork(each.id, each.full_name, tuple(shifts[each.id])) for each in people]


async def lock_agents(session: Session, agent_ids: Sequence[UUID]) -> frozenset[UUID]:
    """The branches that agents in scope work for; nobody else sets the agents' shifts until the
    transaction ends. Raises `AgentNotFound`."""
    found = await rows(
        session,
        "SELECT p.agent_id, p.branch_id FROM agent_profile p JOIN staff w ON w.id = p.agent_id"
        " WHERE p.agent_id = ANY (CAST(:agents AS uuid[])) AND w.is_active"
        " ORDER BY p.agent_id FOR NO KEY UPDATE OF p",
        agents=list(agent_ids),
    )
    known = {r.agent_id for r in found}
    for each in agent_ids:
        if each not in known:
            raise AgentNotFound(str(each))
    return frozenset(r.branch_id for r in found)


# Each agent's wanted shifts: those of their branch. `rests` says all of a shift's in one text, by
# which one that is as wanted already is told from one that is not.
_WANTED = """
    wanted AS (
        SELECT p.agent_id, p.branch_id, tstzrange(d.starts_at, d.ends_at) AS during, d.rests
        FROM agent_profile p JOIN unnest(
            CAST(:branches AS uuid[]), CAST(:starts AS timestamptz[]),
            CAST(:ends AS timestamptz[]), CAST(:rests AS text[])
        ) AS d (branch_id, starts_at, ends_at, rests) ON d.branch_id = p.branch_id
        WHERE p.agent_id = ANY (CAST(:agents AS uuid[]))
    ), met AS (
        SELECT w.agent_id, w.during, s.id, lower(s.during) <= :now AS has_begun,
            s.during = w.during AND s.round_start IS NOT DISTINCT FROM :round_start
            AND s.round_end IS NOT DISTINCT FROM :round_end AND w.rests = coalesce((
                SELECT string_agg(
                    format('%s %s %s', extract(epoch FROM r.begins_at)::bigint, r.length_s,
                           r.slack_s), ',' ORDER BY r.begins_at)
                FROM shift_break r WHERE r.shift_id = s.id), '') AS is_so
        FROM wanted w JOIN shift s ON s.agent_id = w.agent_id AND s.during && w.during
    )"""


async def set_shifts(
    session: Session,
    agent_ids: Sequence[UUID],
    spans: Mapping[UUID, Sequence[Span]],
    now: datetime,
    round_start: str | None = None,
    round_end: str | None = None,
) -> Outcome:
    """Put the shifts of each branch, for those of the agents (locked) who work for it, in place of
    what they overlap and has not begun. What has begun stays, and nothing is put beside it."""
    wanted = {
        "agents": list(agent_ids), **_told(spans), "now": now,
        "round_start": round_start, "round_end": round_end,
    }  # fmt: skip
    [before] = await rows(
        session,
        f"""
        WITH {_WANTED}
        SELECT count(*) FILTER (WHERE is_so) AS kept,
               array_agg(DISTINCT agent_id) FILTER (WHERE has_begun AND NOT is_so) AS begun
        FROM met
        """,  # noqa: S608 - nothing of a caller's is in it
        **wanted,
    )
    removed = await rows(
        session,
        f"""
        WITH {_WANTED}, gone AS (
            DELETE FROM shift WHERE id IN (
                SELECT id FROM (
                    SELECT id, bool_or(has_begun OR is_so) OVER (PARTITION BY agent_id, during)
                        AS stays
                    FROM met) each_one
                WHERE NOT stays)
            RETURNING 1
        ) SELECT count(*) FROM gone
        """,  # noqa: S608 - nothing of a caller's is in it
        **wanted,
    )
    added = await rows(
        session,
        f"""
        WITH {_WANTED}, added AS (
            INSERT INTO shift (id, branch_id, agent_id, during, round_start, round_end)
            SELECT gen_random_uuid(), w.branch_id, w.agent_id, w.during, :round_start, :round_end
            FROM wanted w WHERE NOT EXISTS (
                SELECT FROM shift s WHERE s.agent_id = w.agent_id AND s.during && w.during)
            ORDER BY w.agent_id, w.during
            RETURNING id, branch_id, lower(during) AS starts_at
        ), rest AS (
            INSERT INTO shift_break (shift_id, branch_id, begins_at, length_s, slack_s)
            SELECT a.id, a.branch_id, r.begins_at, r.length_s, r.slack_s
            FROM added a JOIN unnest(
                CAST(:rest_branches AS uuid[]), CAST(:rest_shifts AS timestamptz[]),
                CAST(:rest_begins AS timestamptz[]), CAST(:rest_lengths AS int[]),
                CAST(:rest_slacks AS int[])
            ) AS r (branch_id, starts_at, begins_at, length_s, slack_s)
            USING (branch_id, starts_at)
        ) SELECT count(*) FROM added
        """,  # noqa: S608 - nothing of a caller's is in it
        **wanted,
        **_told_rests(spans),
    )
    return Outcome(added[0].count, before.kept, removed[0].count, tuple(before.begun or ()))


async def remove_shifts(
    session: Session,
    agent_ids: Sequence[UUID],
    spans: Mapping[UUID, Sequence[Span]],
    now: datetime,
) -> Outcome:
    """Remove the shifts of the agents (locked) that begin in the days of their branches, but for
    those that have begun."""
    asked = {"agents": list(agent_ids), **_told(spans), "now": now}
    del asked["rests"]
    meant = """
        FROM shift s JOIN agent_profile p ON p.agent_id = s.agent_id JOIN unnest(
            CAST(:branches AS uuid[]), CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[])
        ) AS d (branch_id, starts_at, ends_at)
            ON d.branch_id = p.branch_id
            AND lower(s.during) >= d.starts_at AND lower(s.during) < d.ends_at
        WHERE s.agent_id = ANY (CAST(:agents AS uuid[]))"""
    begun = await rows(
        session,
        f"SELECT DISTINCT s.agent_id {meant} AND s.during @> CAST(:now AS timestamptz)",
        **asked,
    )
    removed = await rows(
        session,
        f"""
        WITH gone AS (
            DELETE FROM shift WHERE id IN (SELECT s.id {meant} AND lower(s.during) > :now)
            RETURNING 1
        ) SELECT count(*) FROM gone
        """,  # noqa: S608 - nothing of a caller's is in it
        **asked,
    )
    return Outcome(0, 0, removed[0].count, tuple(r.agent_id for r in begun))


def _told(spans: Mapping[UUID, Sequence[Span]]) -> dict[str, Any]:
    each = [(branch, span) for branch, its in spans.items() for span in its]
    return {
        "branches": [branch for branch, _ in each],
        "starts": [span.starts_at for _, span in each],
        "ends": [span.ends_at for _, span in each],
        "rests": [
            ",".join(f"{r.begins_at.timestamp():.0f} {r.length_s} {r.slack_s}" for r in span.rests)
            for _, span in each
        ],
    }


def _told_rests(spans: Mapping[UUID, Sequence[Span]]) -> dict[str, Any]:
    each = [
        (branch, span, rest) for branch, its in spans.items() for span in its for rest in span.rests
    ]
    return {
        "rest_branches": [branch for branch, _, _ in each],
        "rest_shifts": [span.starts_at for _, span, _ in each],
        "rest_begins": [rest.begins_at for _, _, rest in each],
        "rest_lengths": [rest.length_s for _, _, rest in each],
        "rest_slacks": [rest.slack_s for _, _, rest in each],
    }
