"""Branches of a city in a database: agents who begin to work in some hours, and their cases."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import psycopg

from benchmarks._field_days import City
from core.geometry import LatLon
from data.session import EVERYTHING, Database, Session, rows
from identity.enroll import NewBranch, open_branch
from streets.graph import StreetGraph
from streets.publish import publish

ZONE = "America/Santiago"

AGENTS = """
WITH person AS (
    SELECT i, gen_random_uuid() AS id, lat, lon
    FROM unnest(CAST(:lat AS float8[]), CAST(:lon AS float8[])) WITH ORDINALITY AS t (lat, lon, i)
), staff AS (
    INSERT INTO staff (id, branch_id, role, full_name, username, password_hash)
    SELECT id, :branch, 'agent', 'Agent ' || i, lower(:code) || i, '' FROM person RETURNING 1
), profile AS (
    INSERT INTO agent_profile (agent_id, branch_id, home)
    SELECT id, :branch, ST_MakePoint(lon, lat)::geography FROM person RETURNING 1
)
INSERT INTO shift (id, branch_id, agent_id, during)
SELECT gen_random_uuid(), :branch, id, tstzrange(:begins, :ends) FROM person
"""

CASES = """
WITH place AS (
    SELECT t.*, gen_random_uuid() AS customer_id, gen_random_uuid() AS address_id,
           gen_random_uuid() AS account_id
    FROM unnest(
        CAST(:lat AS float8[]), CAST(:lon AS float8[]), CAST(:bucket AS int[]),
        CAST(:urgency AS float8[]), CAST(:service_s AS int[]), CAST(:opens AS int[])
    ) WITH ORDINALITY AS t (lat, lon, bucket, urgency, service_s, opens, i)
), customers AS (
    INSERT INTO customer (id, branch_id, source_ref, full_name)
    SELECT customer_id, :branch, :code || i, 'Customer ' || i FROM place RETURNING 1
), addresses AS (
    INSERT INTO address (id, branch_id, customer_id, line, location, geocode_quality, provenance)
    SELECT address_id, :branch, customer_id, 'Street ' || i, ST_MakePoint(lon, lat)::geography,
           'rooftop', 'source' FROM place RETURNING 1
), fences AS (
    INSERT INTO fence (id, branch_id, address_id, center, radius_m)
    SELECT gen_random_uuid(), :branch, address_id, ST_MakePoint(lon, lat)::geography, 50
    FROM place RETURNING 1
), accounts AS (
    INSERT INTO account (id, branch_id, customer_id, source_ref, product_code, currency,
                         principal_outstanding_minor)
    SELECT account_id, :branch, customer_id, :code || i, 'loan', 'CLP', 100000
    FROM place RETURNING 1
)
INSERT INTO case_file (id, branch_id, account_id, customer_id, address_id, dpd, bucket,
                       overdue_minor, urgency, urgency_factors, service_s, preferred_from,
                       preferred_to, opened_at, as_of)
SELECT gen_random_uuid(), :branch, account_id, customer_id, address_id, 30 * bucket, 'B' || bucket,
       5000, urgency, '[]', service_s, make_time(nullif(opens, 0), 0, 0),
       make_time(nullif(opens, 0) + 2, 0, 0), :now, CAST(:now AS date)
FROM place
"""


@dataclass(frozen=True, slots=True)
class BranchDay:
    """A branch and its working day, early in the morning of which (`now`) rounds are planned."""

    branch_id: UUID
    day: date
    now: datetime


async def settle(
    url: str, graph: StreetGraph, city: City, seed: int, branches: int, agents: int, cases: int
) -> list[BranchDay]:
    """Publish the streets and open the branches, with so many cases per agent. Nobody has visited
    anybody, no case has an agent."""
    day = date(2026, 11, 23)
    now = datetime.combine(day, time(6), ZoneInfo(ZONE))
    database, opened = Database(url), []
    async with database.transaction(EVERYTHING) as session:
        await publish(session, graph, [], "bench", now - timedelta(days=1))
        for number in range(branches):
            rng = np.random.default_rng((seed, number))
            code = f"BENCH{number}"
            middle = LatLon(float(np.median(graph.node_lat)), float(np.median(graph.node_lon)))
            new = NewBranch(code, f"Branch {number}", ZONE, "CL", "CLP", middle, None)
            branch = await open_branch(session, new)
            await _agents(session, branch, code, graph, agents, now, rng)
            await _cases(session, branch, code, graph, city, (agents, cases), now, rng)
            opened.append(BranchDay(branch, day, now))
    await database.close()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("ANALYZE")
    return opened


async def _agents(
    session: Session, branch: UUID, code: str, graph: StreetGraph, agents: int, now: datetime,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    home = rng.integers(0, graph.node_count, agents)
    begins = now + timedelta(hours=3)
    await rows(
        session,
        AGENTS + " RETURNING 1",
        branch=branch,
        code=code,
        lat=graph.node_lat[home].tolist(),
        lon=graph.node_lon[home].tolist(),
        begins=begins,
        ends=begins + timedelta(hours=8, minutes=15),
    )


async def _cases(
    session: Session, branch: UUID, code: str, graph: StreetGraph, city: City,
    size: tuple[int, int], now: datetime, rng: np.random.Generator,
) -> None:  # fmt: skip
    """As many clusters as agents; buckets, balances, promises and windows as on field days."""
    agents, cases = size
    count = agents * cases
    bucket = rng.choice(np.arange(1, 6), count, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    weight = bucket * rng.lognormal(0, 0.7, count) * np.where(rng.random(count) < 0.08, 3, 1)
    narrow = rng.random(count) < 0.25
    node = _nodes(city, agents, cases, rng)
    await rows(
        session,
        CASES + " RETURNING 1",
        branch=branch,
        code=code,
        lat=graph.node_lat[node].tolist(),
        lon=graph.node_lon[node].tolist(),
        bucket=bucket.tolist(),
        urgency=np.clip(weight / np.quantile(weight, 0.98) * 100, 1, 100).tolist(),
        service_s=rng.integers(15 * 60, 20 * 60, count, endpoint=True).tolist(),
        opens=np.where(narrow, rng.integers(9, 16, count, endpoint=True), 0).tolist(),
        now=now,
    )


def _nodes(city: City, agents: int, cases: int, rng: np.random.Generator) -> np.ndarray:
    from scipy.spatial import KDTree

    center = rng.integers(0, city.nodes, agents).repeat(cases)
    east_m = city.x_m[center] + rng.normal(0, 800, len(center))
    north_m = city.y_m[center] + rng.normal(0, 800, len(center))
    _, near = KDTree(np.column_stack((city.x_m, city.y_m))).query(
        np.column_stack((east_m, north_m))
    )
    anywhere = rng.integers(0, city.nodes, len(center))
    return np.where(rng.random(len(center)) < 0.6, near, anywhere)
