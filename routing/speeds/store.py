"""SQL of learned speeds: riders and their stays, sums of days, versions, and legs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import text

from core.geometry import LatLon
from data.session import Session, rows
from routing.speeds.estimate import ENOUGH
from routing.speeds.hour_group import HOUR_GROUPS
from routing.speeds.learned import LearnedSpeeds
from routing.speeds.observed import ClassSums, EdgeSums
from streets.graph import StreetGraph
from streets.profile import Profile
from streets.store import NetworkInfo

KEPT_DAYS = 56
"""Eight weeks: enough days of each kind, and recent enough for a bridge that was closed since."""

VERSIONS = 14
"""How many versions of learned speeds are kept of a network."""

_EVERY_HOUR = -1


@dataclass(frozen=True, slots=True)
class Rider:
    """An agent with a vehicle, and where and in which zone the branch is."""

    agent_id: UUID
    branch_id: UUID
    zone: str
    profile: Profile
    location: LatLon | None


async def riders(session: Session) -> list[Rider]:
    """The agents in scope."""
    found = await rows(
        session,
        """
        SELECT a.agent_id, a.branch_id, b.zone, a.vehicle, ST_Y(b.location::geometry) AS lat,
               ST_X(b.location::geometry) AS lon
        FROM agent_profile a JOIN branch b ON b.id = a.branch_id ORDER BY a.agent_id
        """,
    )
    return [
        Rider(r.agent_id, r.branch_id, r.zone, Profile(r.vehicle),
              None if r.lat is None else LatLon(r.lat, r.lon))
        for r in found
    ]  # fmt: skip


async def lock_network(session: Session, name: str) -> None:
    """Let nobody else learn of this network before the transaction ends."""
    await rows(session, "SELECT pg_advisory_xact_lock(hashtextextended(:name, 15))", name=name)


async def learned_days(session: Session, name: str) -> dict[date, datetime]:
    """The days that were learned from, and when."""
    found = await rows(
        session, "SELECT day, learned_at FROM street_speed_day WHERE network_name = :n", n=name
    )
    return {r.day: r.learned_at for r in found}


async def newest_ping(
    session: Session, agent_ids: Sequence[UUID], begins: datetime, ends: datetime
) -> datetime | None:
    """When the last of these agents' pings of a time was received."""
    found = await rows(
        session,
        "SELECT max(received_at) AS at FROM ping WHERE agent_id = ANY(:agents)"
        " AND captured_at >= :begins AND captured_at < :ends",
        agents=list(agent_ids),
        begins=begins,
        ends=ends,
    )
    at: datetime | None = found[0].at
    return at


async def are_unsettled(session: Session, agent_ids: Sequence[UUID], until: datetime) -> bool:
    """Whether visits before `until` are still to be worked out."""
    found = await rows(
        session,
        "SELECT 1 FROM agent_dirty WHERE agent_id = ANY(:agents) AND dirty_from < :until LIMIT 1",
        agents=list(agent_ids),
        until=until,
    )
    return bool(found)


async def stays(
    session: Session, agent_ids: Sequence[UUID], day: date
) -> dict[UUID, list[tuple[float, float]]]:
    """From when to when (epoch seconds) each agent was at customers, as visits have it."""
    found = await rows(
        session,
        """
        SELECT agent_id, extract(epoch FROM began_at)::float8 AS began_s,
               extract(epoch FROM ended_at)::float8 AS ended_s
        FROM visit WHERE agent_id = ANY(:agents) AND day = :day AND replaced_at IS NULL
        ORDER BY began_at
        """,
        agents=list(agent_ids),
        day=day,
    )
    by_agent: dict[UUID, list[tuple[float, float]]] = {}
    for r in found:
        by_agent.setdefault(r.agent_id, []).append((r.began_s, r.ended_s))
    return by_agent


async def sums_before(
    session: Session, info: NetworkInfo, graph: StreetGraph, profile: str, before: date
) -> tuple[ClassSums, EdgeSums]:
    """What the `KEPT_DAYS` before a day add up to."""
    window = {"profile": profile, "since": before - timedelta(days=KEPT_DAYS), "before": before}
    found = await rows(
        session,
        """
        SELECT hour_group, class_name, sum(n) AS n, sum(actual_s) AS actual_s,
               sum(expected_s) AS expected_s, sum(length_m) AS length_m, sum(log_sq) AS log_sq
        FROM street_speed_class WHERE network_name = :name AND profile = :profile
          AND day >= :since AND day < :before GROUP BY 1, 2
        """,
        name=info.name,
        **window,
    )
    number = {name: n for n, name in enumerate(graph.class_names)}
    by_class = ClassSums.none(len(number))
    for r in found:
        if r.class_name in number:
            cell = r.hour_group, number[r.class_name]
            for name in ("n", "actual_s", "expected_s", "length_m", "log_sq"):
                getattr(by_class, name)[cell] = getattr(r, name)
    edges = await rows(
        session,
        """
        SELECT edge_no, hour_group, sum(n) AS n, sum(actual_s) AS actual_s,
               sum(expected_s) AS expected_s
        FROM street_speed_edge WHERE network_id = :id AND profile = :profile
          AND day >= :since AND day < :before
          AND edge_no IN (SELECT edge_no FROM street_speed_edge
                          WHERE network_id = :id AND profile = :profile
                            AND day >= :since AND day < :before
                          GROUP BY edge_no HAVING sum(n) >= :enough)
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
        id=info.id,
        enough=ENOUGH,
        **window,
    )
    if not edges:
        return by_class, EdgeSums.none()
    edge, group, n, actual_s, expected_s = (np.array(c) for c in zip(*edges, strict=True))
    return by_class, EdgeSums(
        edge.astype(np.int32), group.astype(np.int32), n.astype(float), actual_s, expected_s
    )


async def forget_day(session: Session, info: NetworkInfo, day: date) -> None:
    """Remove what was learned from a day of a network."""
    for table in ("street_speed_day", "street_speed_class", "travelled_leg"):
        await session.execute(
            text(f"DELETE FROM {table} WHERE network_name = :name AND day = :day"),  # noqa: S608
            {"name": info.name, "day": day},
        )
    await session.execute(
        text("DELETE FROM street_speed_edge WHERE network_id = :id AND day = :day"),
        {"id": info.id, "day": day},
    )


async def forget(session: Session, name: str, before: date | None = None) -> None:
    """Remove what was learned of a network: from days before one, or all and its speeds too."""
    given = {"name": name, "before": before}
    older = " AND (CAST(:before AS date) IS NULL OR day < :before)"
    for table in ("street_speed_day", "street_speed_class", "travelled_leg"):
        await session.execute(
            text(f"DELETE FROM {table} WHERE network_name = :name{older}"),  # noqa: S608
            given,
        )
    await session.execute(
        text(
            "DELETE FROM street_speed_edge WHERE network_id IN"  # noqa: S608 - our own constant
            f" (SELECT id FROM street_network WHERE name = :name){older}"
        ),
        given,
    )
    if before is None:
        await session.execute(
            text("DELETE FROM street_speed WHERE network_name = :name"), {"name": name}
        )


async def add_day(
    session: Session, info: NetworkInfo, day: date, agents: int, rides: int, stretches: int,
    now: datetime,
) -> None:  # fmt: skip
    """Write down that a day was learned from."""
    await session.execute(
        text(
            "INSERT INTO street_speed_day (network_name, day, learned_at, agents, rides, stretches)"
            " VALUES (:name, :day, :now, :agents, :rides, :stretches)"
        ),
        {"name": info.name, "day": day, "now": now, "agents": agents, "rides": rides,
         "stretches": stretches},
    )  # fmt: skip


async def add_sums(
    session: Session, info: NetworkInfo, graph: StreetGraph, profile: str, day: date,
    by_class: ClassSums, by_edge: EdgeSums,
) -> None:  # fmt: skip
    """Keep what a day adds up to."""
    group, road = np.nonzero(by_class.n > 0)
    await session.execute(
        text(
            "INSERT INTO street_speed_class (network_name, profile, day, hour_group, class_name, n,"
            " actual_s, expected_s, length_m, log_sq)"
            " SELECT :name, :profile, :day, u.* FROM unnest(CAST(:g AS smallint[]),"
            " CAST(:road AS text[]), CAST(:n AS float8[]), CAST(:actual AS float8[]),"
            " CAST(:expected AS float8[]), CAST(:length AS float8[]), CAST(:sq AS float8[])) u"
        ),
        {
            "name": info.name, "profile": profile, "day": day, "g": group.tolist(),
            "road": [graph.class_names[r] for r in road.tolist()],
            "n": by_class.n[group, road].tolist(),
            "actual": by_class.actual_s[group, road].tolist(),
            "expected": by_class.expected_s[group, road].tolist(),
            "length": by_class.length_m[group, road].tolist(),
            "sq": by_class.log_sq[group, road].tolist(),
        },
    )  # fmt: skip
    await session.execute(
        text(
            "INSERT INTO street_speed_edge (network_id, profile, day, hour_group, edge_no, n,"
            " actual_s, expected_s)"
            " SELECT :id, :profile, :day, u.* FROM unnest(CAST(:g AS smallint[]),"
            " CAST(:edge AS int[]), CAST(:n AS float8[]), CAST(:actual AS float8[]),"
            " CAST(:expected AS float8[])) u"
        ),
        {
            "id": info.id, "profile": profile, "day": day, "g": by_edge.group.tolist(),
            "edge": by_edge.edge.tolist(), "n": by_edge.n.tolist(),
            "actual": by_edge.actual_s.tolist(), "expected": by_edge.expected_s.tolist(),
        },
    )  # fmt: skip


async def add_version(
    session: Session, info: NetworkInfo, profile: str, speeds: LearnedSpeeds, now: datetime
) -> None:
    """Keep a version of a network's learned speeds, which counts from now on."""
    parts = [(_EVERY_HOUR, speeds.edges, speeds.edge_log)]
    for group in range(HOUR_GROUPS):
        here = speeds.hour_groups == group
        parts.append((group, speeds.hour_edges[here], speeds.hour_log[here]))
    given = [
        {
            "name": info.name, "profile": profile, "now": now, "g": group, "hash": info.graph_hash,
            "classes": list(speeds.class_names) if group >= 0 else [],
            "pace": speeds.log_pace[group].tolist() if group >= 0 else [],
            "n": speeds.n[group].tolist() if group >= 0 else [],
            "edge": edge.tolist(), "log": log.tolist(),
        }
        for group, edge, log in parts
    ]  # fmt: skip
    await session.execute(
        text(
            "INSERT INTO street_speed (network_name, profile, learned_at, hour_group, graph_hash,"
            " class_names, log_pace, n, edge_no, edge_log) VALUES (:name, :profile, :now, :g,"
            " :hash, :classes, :pace, :n, :edge, :log) ON CONFLICT DO NOTHING"
        ),
        given,
    )
    await session.execute(
        text(
            "DELETE FROM street_speed WHERE network_name = :name AND profile = :profile"
            " AND learned_at < (SELECT min(learned_at) FROM (SELECT DISTINCT learned_at"
            " FROM street_speed WHERE network_name = :name AND profile = :profile"
            " ORDER BY learned_at DESC LIMIT :kept) k)"
        ),
        {"name": info.name, "profile": profile, "kept": VERSIONS},
    )


async def newest_versions(session: Session, name: str) -> dict[str, datetime]:
    """By profile, when the speeds of a network that count were learned."""
    found = await rows(
        session,
        "SELECT profile, max(learned_at) AS at FROM street_speed WHERE network_name = :name"
        " GROUP BY profile ORDER BY profile",
        name=name,
    )
    return {r.profile: r.at for r in found}


async def version(
    session: Session, info: NetworkInfo, profile: str, learned_at: datetime
) -> LearnedSpeeds:
    """A version of learned speeds; without those of edges where the network is another by now."""
    found = await rows(
        session,
        "SELECT hour_group, graph_hash, class_names, log_pace, n, edge_no, edge_log"
        " FROM street_speed WHERE network_name = :name AND profile = :profile"
        " AND learned_at = :at ORDER BY hour_group",
        name=info.name,
        profile=profile,
        at=learned_at,
    )
    every, hours = found[0], found[1:]
    speeds = LearnedSpeeds(
        tuple(hours[0].class_names),
        np.array([r.log_pace for r in hours]),
        np.array([r.n for r in hours]),
        np.array(every.edge_no, np.int32),
        np.array(every.edge_log, float),
        np.array([edge for r in hours for edge in r.edge_no], np.int32),
        np.array([r.hour_group for r in hours for _ in r.edge_no], np.int32),
        np.array([log for r in hours for log in r.edge_log], float),
    )
    return speeds if every.graph_hash == info.graph_hash else speeds.without_edges()
