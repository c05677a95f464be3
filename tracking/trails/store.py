"""SQL of trails and day reports. Writes nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np

from data.binary_array import read_floats, read_instants, read_reals
from data.session import Session, rows
from identity.errors import AgentNotFound
from tracking.trails.day_pings import DayPings, day_pings
from tracking.trails.day_report import DayFacts, Hours, ProvenVisit, VisitedCase, WorkingAgent
from tracking.trails.day_span import DaySpan


async def working_agent(session: Session, agent_id: UUID) -> WorkingAgent:
    """An agent in scope. Raises `AgentNotFound`."""
    found = await rows(
        session,
        "SELECT a.agent_id, s.full_name, b.code, b.zone FROM agent_profile a"
        " JOIN staff s ON s.id = a.agent_id JOIN branch b ON b.id = a.branch_id"
        " WHERE a.agent_id = :agent",
        agent=agent_id,
    )
    if not found:
        raise AgentNotFound(str(agent_id))
    return WorkingAgent(*found[0])


async def working_agents(session: Session, branch_id: UUID, span: DaySpan) -> list[WorkingAgent]:
    """The agents of a branch by name: those who work there, and those who worked that day."""
    found = await rows(
        session,
        """
        SELECT a.agent_id, s.full_name, b.code, b.zone FROM agent_profile a
        JOIN staff s ON s.id = a.agent_id JOIN branch b ON b.id = a.branch_id
        WHERE a.branch_id = :branch AND (s.is_active OR EXISTS (
            SELECT FROM sign_on o WHERE o.agent_id = a.agent_id
            AND o.during && tstzrange(CAST(:begins AS timestamptz), :until)))
        ORDER BY s.full_name, a.agent_id
        """,
        branch=branch_id,
        begins=span.begins,
        until=span.until,
    )
    return [WorkingAgent(*r) for r in found]


# Pings are indexed by device and time, and the agents' phones lead to them without another index.
# One row for each phone, arrays in binary form: 250,000 pings as rows would cost seconds.
_PINGS = """
SELECT c.agent_id, p.* FROM (
    SELECT DISTINCT agent_id, device_id FROM sign_on
    WHERE agent_id = ANY(%(agents)s) AND during && tstzrange(%(begins)s, %(ends)s)
) c CROSS JOIN LATERAL (
    SELECT array_agg(captured_at) AS captured_at, array_agg(lat) AS lat, array_agg(lon) AS lon,
           array_agg(coalesce(accuracy_m, 'NaN')) AS accuracy_m,
           array_agg(coalesce(altitude_m, 'NaN')) AS altitude_m
    FROM ping WHERE device_id = c.device_id AND agent_id = c.agent_id
      AND captured_at >= %(begins)s AND captured_at < %(ends)s
) p WHERE p.captured_at IS NOT NULL ORDER BY c.agent_id, c.device_id
"""

_READERS = (read_instants, read_floats, read_floats, read_reals, read_reals)


async def pings_of_day(
    session: Session, agent_ids: Sequence[UUID], span: DaySpan
) -> dict[UUID, DayPings]:
    """The pings of each of these agents in scope on a day, up to the present."""
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    by_agent: dict[UUID, list[list[np.ndarray[Any, Any]]]] = {agent: [] for agent in agent_ids}
    async with driver.cursor(binary=True) as cursor:
        await cursor.execute(
            _PINGS, {"agents": list(agent_ids), "begins": span.begins, "ends": span.ends}
        )
        for row in range(cursor.rowcount):
            agent, *cells = (cursor.pgresult.get_value(row, column) for column in range(6))
            columns = [read(cell) for read, cell in zip(_READERS, cells, strict=True)]
            of_agent = by_agent[UUID(bytes=agent)]
            of_agent.append([*columns, np.full(len(columns[0]), float(len(of_agent)))])
    nothing = [[np.zeros(0)] * 6]
    return {
        agent: day_pings(
            *(np.concatenate(c) for c in zip(*(parts or nothing), strict=True)),
            now_s=span.now.timestamp(),
        )
        for agent, parts in by_agent.items()
    }


_FACTS = """
SELECT a.agent_id,
       extract(epoch FROM o.began)::float8 AS on_began,
       extract(epoch FROM o.ended)::float8 AS on_ended,
       extract(epoch FROM o.lasted)::float8 AS on_lasted, coalesce(o.is_on, false) AS is_on,
       extract(epoch FROM h.began)::float8 AS shift_began,
       extract(epoch FROM h.ended)::float8 AS shift_ended,
       extract(epoch FROM h.lasted)::float8 AS shift_lasted,
       coalesce(v.planned, 0) AS planned, coalesce(v.done, 0) AS done
FROM unnest(CAST(:agents AS uuid[])) a (agent_id)
LEFT JOIN LATERAL (
    SELECT min(began) AS began, max(ended) AS ended, sum(ended - began) AS lasted,
           bool_or(is_on) AS is_on
    FROM (SELECT greatest(lower(during), :begins) AS began,
                 least(coalesce(upper(during), :until), :until) AS ended,
                 during @> CAST(:now AS timestamptz) AS is_on
          FROM sign_on WHERE agent_id = a.agent_id
          AND during && tstzrange(CAST(:begins AS timestamptz), :until)) each) o ON true
LEFT JOIN LATERAL (
    SELECT min(lower(during)) AS began, max(upper(during)) AS ended,
           sum(upper(during) - lower(during)) AS lasted
    FROM shift WHERE agent_id = a.agent_id
    AND during && tstzrange(CAST(:begins AS timestamptz), :ends)) h ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS planned, count(*) FILTER (WHERE EXISTS (
               SELECT FROM visit_case w WHERE w.agent_id = r.agent_id AND w.day = r.day
               AND w.replaced_at IS NULL AND w.verdict <> 'unverified'
               AND s.case_id = ANY(w.case_ids) AND w.case_id = s.case_id
           ) OR EXISTS (
               SELECT FROM check_in i WHERE i.agent_id = r.agent_id AND i.case_id = s.case_id
               AND i.device_time >= :begins AND i.device_time < :until)) AS done
    FROM round r JOIN stop s ON s.round_id = r.id AND s.kind = 'visit'
    WHERE r.agent_id = a.agent_id AND r.day = :day AND r.replaced_at IS NULL) v ON true
"""

_VISITS = """
SELECT v.agent_id, v.id, extract(epoch FROM v.began_at)::float8 AS began_s,
       extract(epoch FROM v.ended_at)::float8 AS ended_s, v.verdict,
       coalesce(array_agg(c.id ORDER BY u.full_name, c.id) FILTER (WHERE c.id IS NOT NULL), '{}')
           AS case_ids,
       coalesce(array_agg(u.full_name ORDER BY u.full_name, c.id)
                FILTER (WHERE c.id IS NOT NULL), '{}') AS customers
FROM visit v LEFT JOIN case_file c ON c.id = ANY(v.case_ids)
LEFT JOIN customer u ON u.id = c.customer_id
WHERE v.agent_id = ANY(:agents) AND v.day = :day AND v.replaced_at IS NULL
GROUP BY v.id ORDER BY v.began_at, v.id
"""


async def day_facts(
    session: Session, agents: Sequence[WorkingAgent], span: DaySpan
) -> list[DayFacts]:
    """What is known of the day of each of these agents beside pings, in their order."""
    ids = [agent.id for agent in agents]
    visits: dict[UUID, list[ProvenVisit]] = {agent_id: [] for agent_id in ids}
    for r in await rows(session, _VISITS, agents=ids, day=span.day):
        cases = tuple(map(VisitedCase, r.case_ids, r.customers))
        visits[r.agent_id].append(ProvenVisit(r.id, r.began_s, r.ended_s, r.verdict, cases))
    found = await rows(
        session,
        _FACTS,
        agents=ids,
        day=span.day,
        begins=span.begins,
        until=span.until,
        ends=span.ends,
        now=span.now,
    )
    by_id = {r.agent_id: r for r in found}
    return [
        DayFacts(
            agent,
            _hours(r.on_began, r.on_ended, r.on_lasted),
            r.is_on,
            _hours(r.shift_began, r.shift_ended, r.shift_lasted),
            tuple(visits[agent.id]),
            r.planned,
            r.done,
        )
        for agent in agents
        for r in (by_id[agent.id],)
    ]


def _hours(began_s: float | None, ended_s: float | None, lasted_s: float | None) -> Hours | None:
    if began_s is None or ended_s is None or lasted_s is None:
        return None
    return Hours(began_s, ended_s, lasted_s)
