"""An agent drops out of a branch that is served: from the call to every phone's new round.

A real API and a real worker on a database with its durability on. Each phone asks for its round
with the ETag that it has, again and again, until it is told of another one.
"""

import asyncio
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import httpx

from benchmarks._branch_day import BranchDay, settle
from benchmarks._ping_field import own_database
from benchmarks._ping_server import api, worker
from benchmarks._round_part import Streets, no_work
from core.clock import Clock
from data.installation import set_demo_clock
from data.session import EVERYTHING, Database, Session, rows
from jobs import context
from jobs.rounds import begin_day_job

AFTER = timedelta(hours=2)
"""How long rounds have been ridden when agents drop out: it is eleven."""

WARM_S = 12
"""For the API's child process and the worker's to be ready; neither is what is measured."""

PHONES = """
WITH phone AS (
    INSERT INTO device (id, branch_id, label, key_hash, enrolled_at)
    SELECT gen_random_uuid(), a.branch_id, a.agent_id::text, uuid_send(a.agent_id), :now
    FROM agent_profile a WHERE a.branch_id = :branch RETURNING id, label
), token AS (
    INSERT INTO access_token (token_hash, staff_id, issued_at, expires_at)
    SELECT sha256(convert_to(CASE s.role WHEN 'agent' THEN s.id::text ELSE 'manager' END, 'UTF8')),
           s.id, :now, :until
    FROM staff s WHERE s.branch_id = :branch RETURNING 1
), made AS (
    SELECT s.*, row_number() OVER (PARTITION BY s.agent_id ORDER BY s.seq DESC) AS last
    FROM stop s JOIN round r ON r.id = s.round_id AND r.replaced_at IS NULL
    WHERE r.branch_id = :branch AND s.case_id IS NOT NULL AND s.departs_at <= :now
), arrived AS (
    INSERT INTO check_in (id, branch_id, agent_id, case_id, device_time, server_time, verdict,
                          reasons, body_hash)
    SELECT id, branch_id, agent_id, case_id, begins_at, begins_at, 'probable', '[]', ''
    FROM made RETURNING id
), left_ AS (
    INSERT INTO check_out (id, check_in_id, branch_id, agent_id, device_time, server_time, outcome,
                           body_hash)
    SELECT gen_random_uuid(), id, branch_id, agent_id, departs_at, departs_at, 'not_home', ''
    FROM made RETURNING 1
), seen AS (
    INSERT INTO agent_position (agent_id, branch_id, device_id, captured_at, received_at, location,
                                is_mock)
    SELECT m.agent_id, m.branch_id, p.id, :now, :now, ST_EndPoint(m.way)::geography, false
    FROM made m JOIN phone p ON p.label = m.agent_id::text WHERE m.last = 1 RETURNING 1
)
SELECT (SELECT count(*) FROM token) AS tokens, (SELECT count(*) FROM arrived) AS visits
"""
"""Two hours later: everybody has made the visits planned until now, and has a token."""

MANAGER = """
INSERT INTO staff (id, branch_id, role, full_name, username, password_hash)
VALUES (gen_random_uuid(), :branch, 'allocation_manager', 'Manager', 'manager', '') RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Served:
    """One agent who dropped out: milliseconds until the answer, and until all phones knew."""

    answer_ms: float
    phones_ms: float
    phones: int
    moved: int


def served_figures(streets: Streets, seed: int, agents: int, cases: int, down: int) -> list[Served]:
    """So many agents, one after the other."""
    if streets.graph is None:
        no_work("streets that are served can be published, which the grid's cannot")
    with own_database() as url:
        gone = asyncio.run(_prepare(url, streets, seed, agents, cases, down))
        os.environ["DATABASE_URL"], kept = url, os.environ["DATABASE_URL"]
        try:
            with api(url) as port, worker(url):
                return asyncio.run(_drop_out(port, gone))
        finally:
            os.environ["DATABASE_URL"] = kept


def median_ms(told: Sequence[Served]) -> float:
    """`down_e2e_ms`."""
    return round(statistics.median(one.phones_ms for one in told), 1)


async def _prepare(
    url: str, streets: Streets, seed: int, agents: int, cases: int, down: int
) -> list[UUID]:
    assert streets.graph is not None
    (branch,) = await settle(url, streets.graph, streets.city, seed, 1, agents, cases)
    database = Database(url)
    context.provide(database, Clock(datetime.now(UTC), branch.now))
    try:
        await begin_day_job(str(branch.branch_id), branch.day.isoformat())
        now = branch.now + timedelta(hours=3) + AFTER
        async with database.transaction(EVERYTHING) as session:
            gone = await _ride(session, branch, now, down)
        await set_demo_clock(database, now, 1.0)
    finally:
        await context.close()
        await database.close()
    return gone


async def _ride(session: Session, branch: BranchDay, now: datetime, down: int) -> list[UUID]:
    await rows(session, MANAGER, branch=branch.branch_id)
    (done,) = await rows(
        session, PHONES, branch=branch.branch_id, now=now, until=now + timedelta(days=2)
    )
    if not done.visits:
        no_work("nobody has made a visit by eleven")
    found = await rows(
        session,
        "SELECT agent_id FROM round WHERE branch_id = :branch AND replaced_at IS NULL"
        " ORDER BY md5(agent_id::text) LIMIT :down",
        branch=branch.branch_id,
        down=down,
    )
    return [r.agent_id for r in found]


async def _drop_out(port: int, gone: Sequence[UUID]) -> list[Served]:
    await asyncio.sleep(WARM_S)
    limits = httpx.Limits(max_connections=60)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=60, limits=limits
    ) as client:
        # The first call of a process loads the streets, which the day's first plan does elsewhere.
        await client.get(f"/v1/agents/{gone[0]}/unavailable", headers=_bearer("manager"))
        return [await _one(client, agent) for agent in gone]


async def _one(client: httpx.AsyncClient, agent: UUID) -> Served:
    seen = await client.get(f"/v1/agents/{agent}/unavailable", headers=_bearer("manager"))
    seen.raise_for_status()
    concerned = _concerned(seen.json()) | {str(agent)}
    tags = {one: await _tag(client, one, "") for one in concerned}
    began = perf_counter()
    answer = await client.post(
        f"/v1/agents/{agent}/unavailable", json={"reason": "ill"}, headers=_bearer("manager")
    )
    answer_ms = 1000 * (perf_counter() - began)
    answer.raise_for_status()
    changed = (_concerned(answer.json()) & concerned) | {str(agent)}
    await asyncio.gather(*(_until_new(client, one, tags[one]) for one in changed))
    return Served(
        answer_ms, 1000 * (perf_counter() - began), len(changed), len(answer.json()["moved"])
    )


def _concerned(told: dict[str, Any]) -> set[str]:
    return {one["to_agent_id"] for one in told["moved"]} | {
        one["agent_id"] for one in told["made_way"]
    }


async def _tag(client: httpx.AsyncClient, agent: str, tag: str) -> str:
    answer = await client.get(
        "/v1/agent/round", headers=_bearer(agent) | {"If-None-Match": tag or '"none"'}
    )
    return answer.headers.get("ETag", tag) if answer.status_code == 200 else tag


async def _until_new(client: httpx.AsyncClient, agent: str, tag: str) -> None:
    asks_again_s = 0.02
    while await _tag(client, agent, tag) == tag:  # noqa: ASYNC110 a phone can only ask
        await asyncio.sleep(asks_again_s)


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}
