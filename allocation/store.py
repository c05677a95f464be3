"""SQL of assignments, and of what allocation needs to know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from allocation.errors import AssignedMeanwhile
from allocation.units import OpenCase
from allocation.work import NOTHING, Agent, Carried, Case, Known
from collection.portfolio.stages.stage import Stage
from collection.portfolio.stages.store import STAGED
from collection.portfolio.stages.visits import StageVisits, Visits
from core.geometry import LatLon
from data.session import Session, rows, savepoint
from identity.language import language_code
from routing.reach.store import SPOT
from routing.rounds.store import ORDERED, REACHED
from streets.profile import Profile

TRAVEL_SHARE_S = 420
"""Travel per visit beside its service time, when work is counted before rounds are planned."""


@dataclass(frozen=True, slots=True)
class Names:
    """What people call branches, customers and agents, for answers."""

    branch: dict[UUID, str]
    customer: dict[UUID, str]
    agent: dict[UUID, str]


VISITS_TO_KNOW = 3
"""After that many visits and receipts, an agent knows a customer as well as anybody can."""

ASKED = """
    c.id, c.branch_id, c.service_s, c.urgency, a.agent_id AS owner, c.needs,
    CASE WHEN :language THEN cu.language END AS language, cu.agent_gender,
    n.id AS center_id, p.agent_id AS pinned_to,
    spot.lat, spot.lon, asked.certificates, t.tags, t.barred, w.agents AS not_with,
    k.agents AS known_to, k.visits, c.stage, g.visits AS stage_visits, g.skills AS stage_skills,
    coalesce(o.amount_minor, least(c.overdue_minor, ac.emi_minor)) AS expected_minor
"""
"""What of a case an allocation weighs. A visit should bring in what was promised, else the
installment, or what is overdue where that is less or nothing is known of installments."""

FROM_CASES = """
    JOIN customer cu ON cu.id = c.customer_id JOIN account ac ON ac.id = c.account_id
    JOIN spot ON spot.address_id = c.address_id
    LEFT JOIN center n ON n.id = cu.center_id AND n.split_at IS NULL
    LEFT JOIN assignment a ON a.case_id = c.id AND a.channel = 'visit' AND upper_inf(a.during)
    LEFT JOIN case_pin p ON p.case_id = c.id AND p.ended_at IS NULL
        AND (p.until IS NULL OR p.until > :now)
    LEFT JOIN promise o ON o.account_id = c.account_id AND o.state = 'open'
    LEFT JOIN asked ON asked.branch_id = c.branch_id AND asked.product_code = ac.product_code
    LEFT JOIN tagged t ON t.case_id = c.id
    LEFT JOIN apart w ON w.customer_id = c.customer_id
    LEFT JOIN knows k ON k.customer_id = c.customer_id
    JOIN staged g ON g.branch_id = c.branch_id AND g.stage = c.stage
"""

IS_ASKED = f"(g.visits <> 'when_asked' OR o.due_on <= :day OR EXISTS ({ORDERED}))"
"""Whether the case's stage asks for a visit, or a promise or a supervisor does."""

RULES = f"""
    {STAGED}, asked AS (
        SELECT branch_id, product_code, certificates_of(branch_id, product_code) AS certificates
        FROM (SELECT DISTINCT branch_id, product_code FROM account) AS product
    ), tagged AS (
        SELECT case_id, array_agg(tag) AS tags,
               string_agg(tag || ': ' || reason, '; ' ORDER BY tag)
                   FILTER (WHERE bars_everybody) AS barred
        FROM case_tag WHERE until IS NULL OR until >= :day GROUP BY case_id
    ), apart AS (
        SELECT customer_id, array_agg(agent_id) AS agents FROM conflict_of_interest
        GROUP BY customer_id
    ), been AS (
        SELECT c.customer_id, r.agent_id FROM receipt r JOIN case_file c ON c.id = r.case_id
        WHERE r.taken_at >= :since AND r.agent_id IS NOT NULL
        UNION ALL
        SELECT c.customer_id, v.agent_id FROM visit v
        JOIN case_file c ON c.id = ANY (v.case_ids)
        WHERE v.replaced_at IS NULL AND v.is_closed AND v.began_at >= :since
          AND v.verdict <> 'unverified'
    ), knows AS (
        SELECT customer_id, array_agg(agent_id) AS agents, array_agg(visits) AS visits
        FROM (SELECT customer_id, agent_id, count(*) AS visits FROM been
              GROUP BY customer_id, agent_id) AS counted GROUP BY customer_id
    )
"""  # noqa: S608 - nothing of a caller's is in it


@dataclass(frozen=True, slots=True)
class Rules:
    """What an allocation reads cases by: the day, who counts as known since when, languages."""

    day: date
    now: datetime
    since: datetime
    language: bool


async def lock_allocation(session: Session, branch_id: UUID) -> None:
    """Have a branch's owners change by one allocation or move at a time, until the end."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('allocation' || :branch, 0))"),
        {"branch": str(branch_id)},
    )


async def agents_on(session: Session, day: date, now: datetime) -> list[Agent]:
    """Agents in scope with a shift on `day` that is not over and who are not absent.

    Their capacity is what is left of that shift, less the breaks that are still to come.
    """
    found = await rows(
        session,
        f"""
        SELECT {AGENT},
               greatest(0, extract(epoch FROM upper(s.during) - greatest(lower(s.during), :now))
                   - coalesce((SELECT sum(k.length_s) FROM shift_break k
                               WHERE k.shift_id = s.id AND k.begins_at > :now), 0))::int AS left_s
        FROM shift s JOIN agent_profile a USING (agent_id) JOIN branch b ON b.id = a.branch_id
        LEFT JOIN till t ON t.agent_id = a.agent_id
        WHERE (lower(s.during) AT TIME ZONE b.zone)::date = :day AND upper(s.during) > :now
          AND s.absent_since IS NULL
        ORDER BY a.agent_id
        """,  # noqa: S608 - nothing of a caller's is in it
        day=day,
        now=now,
    )
    return [agent_of(r, r.left_s) for r in found]


async def agents_by_id(session: Session, agent_ids: Sequence[UUID], day: date) -> list[Agent]:
    """Agents in scope as rules see them on `day`, whether at work or not; capacity is 1 second."""
    found = await rows(
        session,
        f"SELECT {AGENT} FROM agent_profile a LEFT JOIN till t ON t.agent_id = a.agent_id"  # noqa: S608
        " JOIN staff w ON w.id = a.agent_id AND w.is_active"
        " WHERE a.agent_id = ANY (CAST(:agents AS uuid[]))",
        agents=[str(agent) for agent in agent_ids],
        day=day,
    )
    return [agent_of(r, 1) for r in found]


AGENT = """
    a.agent_id, a.branch_id, a.vehicle, a.skills, a.languages, a.gender, a.max_cases,
    a.excluded_tags, t.limit_minor, ST_Y(a.home::geometry) AS lat, ST_X(a.home::geometry) AS lon,
    ARRAY(SELECT certificate FROM agent_certificate g WHERE g.agent_id = a.agent_id
          AND :day >= g.valid_from AND (g.valid_until IS NULL OR :day <= g.valid_until))
        AS certificates
"""


def agent_of(r: Any, capacity_s: int) -> Agent:
    """The agent of a row with the columns of `AGENT`."""
    return Agent(
        r.agent_id, r.branch_id, LatLon(r.lat, r.lon), capacity_s, frozenset(r.skills),
        frozenset(map(language_code, r.languages)), r.gender, frozenset(r.certificates),
        frozenset(r.excluded_tags), r.limit_minor, r.max_cases, Profile(r.vehicle),
    )  # fmt: skip


async def borrowed(session: Session, branch_id: UUID) -> dict[UUID, Carried]:
    """What a branch's agents carry of other branches' cases."""
    found = await rows(
        session,
        "SELECT a.agent_id, sum(c.service_s + :travel_s) AS work_s, count(*) AS cases"
        " FROM assignment a JOIN case_file c ON c.id = a.case_id"
        " WHERE a.lent_to_branch_id = :branch AND upper_inf(a.during) AND c.closed_at IS NULL"
        " GROUP BY a.agent_id",
        branch=branch_id,
        travel_s=TRAVEL_SHARE_S,
    )
    return {r.agent_id: Carried(int(r.work_s), r.cases) for r in found}


async def open_cases(session: Session, branch_id: UUID, rules: Rules) -> list[OpenCase]:
    """A branch's open cases that are due a visit and on the map, with their present owners; those
    whose stage bars visits, too, so that they are told with the reason.

    Not those that are lent: their agents are not the branch's to judge.
    """
    return await _cases(
        session,
        "case_file c",
        "c.branch_id = :branch AND c.closed_at IS NULL AND c.overdue_minor > 0"
        f" AND spot.lat IS NOT NULL AND a.lent_to_branch_id IS NULL AND {IS_ASKED}",
        rules,
        branch=branch_id,
    )


async def cases_by_id(session: Session, case_ids: Sequence[UUID], rules: Rules) -> list[OpenCase]:
    """Open cases in scope, whether due a visit or not, on the map or not."""
    return await _cases(
        session,
        "case_file c",
        "c.id = ANY (CAST(:cases AS uuid[])) AND c.closed_at IS NULL",
        rules,
        cases=[str(case) for case in case_ids],
    )


async def lent_visits(session: Session, agent_id: UUID, day: date) -> list[UUID]:
    """The cases of other branches on an agent's round of `day` that nobody has been at."""
    found = await rows(
        session,
        f"""
        WITH {REACHED}
        SELECT s.case_id FROM round r JOIN stop s ON s.round_id = r.id
        JOIN assignment a ON a.case_id = s.case_id AND a.agent_id = r.agent_id
             AND a.channel = 'visit' AND upper_inf(a.during) AND a.lent_to_branch_id IS NOT NULL
        WHERE r.agent_id = :agent AND r.day = :day AND r.replaced_at IS NULL
          AND s.case_id NOT IN (SELECT case_id FROM reached) ORDER BY s.seq
        """,  # noqa: S608 - nothing of a caller's is in it
        agent=agent_id,
        day=day,
    )
    return [r.case_id for r in found]


async def _cases(
    session: Session, source: str, which: str, rules: Rules, **parameters: Any
) -> list[OpenCase]:
    found = await rows(
        session,
        f"WITH {SPOT}, {RULES} SELECT {ASKED}, c.service_s + {TRAVEL_SHARE_S} AS work_s,"  # noqa: S608
        f" {TRAVEL_SHARE_S} AS travel_s FROM {source} {FROM_CASES} WHERE {which} ORDER BY c.id",
        day=rules.day,
        now=rules.now,
        since=rules.since,
        language=rules.language,
        **parameters,
    )
    return [_open_case(r) for r in found]


def _open_case(r: Any) -> OpenCase:
    expected_minor = int(r.expected_minor or 0)
    stage = StageVisits(Stage(r.stage), Visits(r.stage_visits), tuple(r.stage_skills))
    bars = [r.barred, stage.held_back(is_asked=True)]
    case = Case(
        id=r.id,
        branch_id=r.branch_id,
        position=LatLon(r.lat or 0.0, r.lon or 0.0),
        service_s=r.work_s,
        skills=frozenset([*r.needs, *stage.skills]),
        languages=frozenset([language_code(r.language)]) if r.language else NOTHING,
        priority=round(r.urgency),
        incumbent_id=r.pinned_to or r.owner,
        pinned=r.pinned_to is not None,
        genders=frozenset([r.agent_gender]) if r.agent_gender else NOTHING,
        certificates=frozenset(r.certificates or ()),
        tags=frozenset(r.tags or ()),
        not_with=frozenset(r.not_with or ()),
        barred="; ".join(bar for bar in bars if bar) or None,
        cash_minor=expected_minor,
        expected_minor=expected_minor,
        known_by=tuple(
            Known(agent, min(1.0, visits / VISITS_TO_KNOW))
            for agent, visits in sorted(zip(r.known_to or (), r.visits or (), strict=True))
        ),
    )
    return OpenCase(case, r.owner, r.center_id, r.travel_s)


async def hand_over(
    session: Session,
    moves: Iterable[tuple[UUID, UUID]],
    reason: str,
    by: UUID | None,
    now: datetime,
) -> None:
    """Make (case, agent) pairs the owners from `now` on; former assignments end and are kept.

    A case that goes to an agent of another branch is lent to that branch. Raises
    `AssignedMeanwhile` when the exclusion constraint finds another owner in place.
    """
    pairs = list(moves)
    await end_owners(session, [case for case, _ in pairs], now)
    if not pairs:
        return
    try:
        async with savepoint(session):
            added = await rows(
                session,
                """
                INSERT INTO assignment (id, branch_id, case_id, agent_id, during, reason,
                                        assigned_by, decided_at, lent_to_branch_id)
                SELECT uuid_v7(:now), c.branch_id, c.id, p.agent_id, tstzrange(:now, NULL),
                       :reason, :by, :now, nullif(p.branch_id, c.branch_id)
                FROM unnest(CAST(:cases AS uuid[]), CAST(:agents AS uuid[]))
                    AS m (case_id, agent_id)
                JOIN case_file c ON c.id = m.case_id
                JOIN agent_profile p ON p.agent_id = m.agent_id
                RETURNING 1
                """,
                now=now,
                reason=reason,
                by=by,
                cases=[str(case) for case, _ in pairs],
                agents=[str(agent) for _, agent in pairs],
            )
    except IntegrityError:
        raise AssignedMeanwhile(len(pairs)) from None
    if len(added) != len(pairs):
        raise AssignedMeanwhile(len(pairs) - len(added))


async def end_owners(session: Session, case_ids: Sequence[UUID], now: datetime) -> None:
    """End the active assignments of cases in scope; they are kept."""
    await session.execute(
        text(
            "UPDATE assignment SET during ="
            " tstzrange(lower(during), greatest(CAST(:now AS timestamptz), lower(during)))"
            " WHERE case_id = ANY(CAST(:cases AS uuid[])) AND channel = 'visit'"
            " AND upper_inf(during)"
        ),
        {"now": now, "cases": [str(case) for case in case_ids]},
    )


async def names(session: Session) -> Names:
    """Names of everything in scope."""
    branches = await rows(session, "SELECT id, name FROM branch")
    customers = await rows(
        session,
        "SELECT c.id, cu.full_name FROM case_file c JOIN customer cu ON cu.id = c.customer_id",
    )
    agents = await rows(
        session,
        "SELECT a.agent_id, s.full_name FROM agent_profile a JOIN staff s ON s.id = a.agent_id",
    )
    return Names(
        {r.id: r.name for r in branches},
        {r.id: r.full_name for r in customers},
        {r.agent_id: r.full_name for r in agents},
    )


async def unplanned(session: Session, days: Mapping[UUID, date]) -> Sequence[UUID]:
    """The branches in scope that have no round on their day, and for which none was asked."""
    found = await rows(
        session,
        """
        SELECT b.id FROM unnest(CAST(:branches AS uuid[]), CAST(:days AS date[])) AS b (id, day)
        WHERE NOT EXISTS (SELECT FROM round r WHERE r.branch_id = b.id AND r.day = b.day)
          AND NOT EXISTS (
            SELECT FROM procrastinate_jobs j WHERE j.task_name = 'rounds.begin_day'
            AND j.args ->> 'branch_id' = b.id::text AND j.args ->> 'day' = b.day::text)
        ORDER BY b.id
        """,
        branches=list(days),
        days=list(days.values()),
    )
    return [r.id for r in found]
