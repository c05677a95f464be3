"""What an agent sees of the way, what it pays, and the month, over HTTP."""

from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.policies.set_policy import set_policy
from identity.principal import Role
from tests.api.supervisors.scenes import Scene
from tests.api.supervisors.tours import get, tour
from tests.conftest import MONDAY_NINE
from tests.factories import a_person, a_token, an_agent, branch_code


async def test_a_way_is_paid_as_the_trail_proves_it_and_the_month_is_told(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        token = await a_token(session, toured.agent_id)
        [agent] = await rows(
            session, "SELECT branch_id FROM staff WHERE id = :id", id=toured.agent_id
        )
        await set_policy(
            session, await branch_code(session, agent.branch_id), "conveyance_per_km", 350, None,
            MONDAY_NINE,
        )  # fmt: skip
        leader = await a_person(session, agent.branch_id, Role.ADMIN)
        other = await an_agent(session, agent.branch_id)
        for whose, name, minor in (
            (toured.agent_id, "incentive", 9_000), (toured.agent_id, "wages", 70_000),
            (other, "incentive", 8_000),
        ):  # fmt: skip
            await rows(
                session,
                "INSERT INTO cost (id, branch_id, agent_id, month, kind, amount_minor, set_at,"
                " set_by) VALUES (:id, :branch, :agent, '2026-11-01', :kind, :minor, :now, :by)"
                " RETURNING id",
                id=new_id(), branch=agent.branch_id, agent=whose, kind=name, minor=minor,
                now=MONDAY_NINE, by=leader,
            )  # fmt: skip
        await rows(
            session,
            "INSERT INTO target (id, branch_id, agent_id, month, figure, amount, set_at, set_by)"
            " VALUES (:id, :branch, :agent, '2026-11-01', 'collected', 500000, :now, :by)"
            " RETURNING id",
            id=new_id(), branch=agent.branch_id, agent=toured.agent_id, now=MONDAY_NINE, by=leader,
        )  # fmt: skip
    told: dict[str, Any] = (await get(later, token, "/v1/agent/earnings")).json()
    assert told["day"] == "2026-11-23"
    assert told["approved_m"] == pytest.approx(tour().length_m, rel=0.04)
    assert told["conveyance"]["amount_minor"] == told["approved_m"] * 350 // 1000
    assert told["incentive"]["amount_minor"] == 9_000
    [goal] = told["goals"]
    assert (goal["figure"], goal["reached"], goal["target"]) == ("collected", 0, 500_000)
    before = (await get(later, token, "/v1/agent/earnings?day=2026-11-20")).json()
    assert (before["approved_m"], before["conveyance"]["amount_minor"]) == (0, 0)
