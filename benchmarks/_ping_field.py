"""The field of the ingest benchmark: agents with phones, and customers along the streets."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
from sqlalchemy import make_url

from core.settings import settings
from data import migrate
from data.session import EVERYTHING, Database, rows
from identity.enroll import NewBranch, open_branch
from streets.graph import StreetGraph
from streets.network import build
from tracking.store import ensure_partition

TOKEN = "rt_bench"  # noqa: S105 opens a database that lives for a minute
BRANCH = NewBranch("BENCH", "Bench", "America/Santiago", "CL", "CLP", None, None)

PEOPLE = """
WITH person AS (
    INSERT INTO staff (id, branch_id, role, full_name, username, password_hash)
    SELECT gen_random_uuid(), :branch, CASE WHEN i <= :agents THEN 'agent' ELSE 'supervisor' END,
           'Agent ' || i, 'agent' || i, '' FROM generate_series(1, :agents + 1) i
    RETURNING id, role, substr(username, 6)::int AS i
), token AS (
    INSERT INTO access_token (token_hash, staff_id, issued_at, expires_at)
    SELECT sha256(convert_to(:token, 'UTF8')), id, :since, :until FROM person
    WHERE role = 'supervisor' RETURNING 1
), profile AS (
    INSERT INTO agent_profile (agent_id, branch_id, home)
    SELECT id, :branch, 'POINT(-71.25 -29.9)' FROM person WHERE role = 'agent' RETURNING 1
), shift AS (
    INSERT INTO shift (id, branch_id, agent_id, during)
    SELECT gen_random_uuid(), :branch, id, tstzrange(:since, :until) FROM person
    WHERE role = 'agent' RETURNING 1
), phone AS (
    INSERT INTO device (id, branch_id, label, key_hash, enrolled_at)
    SELECT gen_random_uuid(), :branch, i::text, sha256(convert_to('rd_' || i, 'UTF8')), :since
    FROM person WHERE role = 'agent' RETURNING id, label
)
INSERT INTO sign_on (id, branch_id, device_id, agent_id, during)
SELECT gen_random_uuid(), :branch, phone.id, person.id, tstzrange(:since, NULL)
FROM phone JOIN person ON person.i::text = phone.label RETURNING 1
"""

CUSTOMERS = """
WITH place AS (
    SELECT i, lat, lon, gen_random_uuid() AS customer_id, gen_random_uuid() AS address_id,
           gen_random_uuid() AS account_id, gen_random_uuid() AS case_id
    FROM unnest(CAST(:lat AS float8[]), CAST(:lon AS float8[])) WITH ORDINALITY AS t (lat, lon, i)
), customers AS (
    INSERT INTO customer (id, branch_id, source_ref, full_name)
    SELECT customer_id, :branch, i::text, 'Customer ' || i FROM place RETURNING 1
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
    SELECT account_id, :branch, customer_id, i::text, 'loan', 'CLP', 100000 FROM place RETURNING 1
), cases AS (
    INSERT INTO case_file (id, branch_id, account_id, customer_id, address_id, dpd, bucket,
                           overdue_minor, urgency, urgency_factors, opened_at, as_of)
    SELECT case_id, :branch, account_id, customer_id, address_id, 10, 'B1', 5000, 1, '[]',
           :since, CAST(:since AS date) FROM place RETURNING 1
)
INSERT INTO assignment (id, branch_id, case_id, agent_id, during, reason, decided_at)
SELECT gen_random_uuid(), :branch, case_id, s.id, tstzrange(:since, NULL), 'bench', :since
FROM place JOIN staff s ON s.username = 'agent' || (1 + (place.i - 1) % :agents) RETURNING 1
"""


@contextmanager
def own_database(server_url: str | None = None) -> Iterator[str]:
    """A migrated database on this server (DATABASE_URL's) that is dropped at the end."""
    server, name = server_url or os.environ["DATABASE_URL"], f"bench_{uuid4().hex[:8]}"
    admin = make_url(server).set(drivername="postgresql", database="postgres")
    control_url = admin.render_as_string(hide_password=False)
    with psycopg.connect(control_url, autocommit=True) as control:
        control.execute(f'CREATE DATABASE "{name}"'.encode())
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    try:
        migrate.upgrade(url)
        yield url
    finally:
        with psycopg.connect(control_url, autocommit=True) as control:
            _drop(control, name)


def _drop(control: psycopg.Connection[Any], name: str) -> None:
    for _ in range(100):
        try:
            control.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.2)  # autovacuum is in it, which is a superuser's
        else:
            return


@contextmanager
def streets_file(streets: str, customers: int, agents: int, seed: int) -> Iterator[Path]:
    """The street graph and the customers' doors as arrays, for the process that sends.

    The agent numbered a has the customers a, a + agents, a + 2 · agents, …
    """
    cache = settings().state_dir / "streets"
    cache.mkdir(parents=True, exist_ok=True)
    graph: StreetGraph = build(streets, cache)
    rng = np.random.default_rng(seed)
    node = rng.integers(0, graph.node_count, max(customers, agents))
    by_first = np.argsort(graph.edge_from, kind="stable")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "streets.npz"
        np.savez(
            path,
            lat=graph.node_lat,
            lon=graph.node_lon,
            edges=np.column_stack((graph.edge_from, graph.edge_to))[by_first],
            door_lat=graph.node_lat[node] + rng.normal(0, 2e-4, len(node)),
            door_lon=graph.node_lon[node] + rng.normal(0, 2e-4, len(node)),
        )
        yield path


async def settle(
    url: str, now: datetime, agents: int, customers: int = 0, streets: Path | None = None
) -> None:
    """Agents on shift, each with a phone (key ``rd_1`` and so on) and customers to visit, and
    somebody who watches."""
    database = Database(url)
    since, until = now - timedelta(days=2), now + timedelta(days=1)
    async with database.transaction(EVERYTHING) as session:
        branch = await open_branch(session, BRANCH)
        await rows(
            session, PEOPLE, branch=branch, agents=agents, token=TOKEN, since=since, until=until
        )
        if customers and streets:
            with np.load(streets) as doors:
                lat, lon = doors["door_lat"][:customers], doors["door_lon"][:customers]
            await rows(
                session, CUSTOMERS, branch=branch, agents=agents, since=since,
                lat=lat.tolist(), lon=lon.tolist(),
            )  # fmt: skip
        for day in range(-1, 2):
            await ensure_partition(session, (now + timedelta(days=day)).date())
    await database.close()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("ANALYZE")
