"""What changes a day over HTTP: notices, cases, swaps, and offers that are taken or left."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from routing.underway.offers import store as offers
from routing.underway.replan import offer_round, replan_rounds
from routing.underway.when import Cause
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.routing.underway.scenes import (
    CITIES,
    DAY,
    HOME,
    SHIFT,
    Day,
    a_day,
    is_paid,
    order,
    solve_all,
)

TWO_PM = MONDAY_NINE + timedelta(hours=5)


@dataclass
class Field:
    """An agent's day, and who may speak."""

    day: Day
    supervisor: str
    agent: str


@pytest.fixture
async def field(database: Database) -> Field:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        supervisor = await a_token(session, await a_person(session, day.branch))
        return Field(day, supervisor, await a_token(session, day.agent))


async def shift_of(database: Database, agent: UUID) -> tuple[datetime, datetime]:
    async with database.transaction(EVERYTHING) as session:
        (found,) = await rows(
            session,
            "SELECT lower(during) AS begins, upper(during) AS ends FROM shift WHERE agent_id = :a",
            a=agent,
        )
        return found.begins, found.ends


async def jobs(database: Database, agent: UUID) -> int:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'rounds.plan_agents'"
            " AND args->'agent_ids' ? :a",
            a=str(agent),
        )
        return len(found)


async def order_after_planning(database: Database, *agents: UUID) -> list[list[UUID]]:
    async with database.transaction(EVERYTHING) as session:
        await replan_rounds(session, agents, DAY, CITIES, solve_all, MONDAY_NINE)
        return [await order(session, agent) for agent in agents]


async def an_offer(database: Database, day: Day) -> UUID:
    async with database.transaction(EVERYTHING) as session:
        await is_paid(session, day.order[1])
        offered = await offer_round(
            session, day.agent, DAY, Cause.GONE, CITIES, solve_all, MONDAY_NINE
        )
        assert offered is not None
        return offered


async def test_an_agent_who_stops_early_has_a_shorter_shift_and_a_new_plan(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    path = f"/v1/agent/notices/{new_id()}"
    body = {"kind": "stops_early", "at": TWO_PM.isoformat(), "reason": "doctor"}
    first = await client.put(path, json=body, headers=bearer(field.agent))
    assert first.status_code == 200, first.text
    assert first.json()["facts"] == {"shift_ended_at": SHIFT[1].isoformat()}
    again = await client.put(path, json=body, headers=bearer(field.agent))
    assert again.json() == first.json()
    other = await client.put(path, json=body | {"reason": "x"}, headers=bearer(field.agent))
    assert other.status_code == 409
    assert other.json()["type"] == "/problems/id-reused"
    assert (await shift_of(database, field.day.agent))[1] == TWO_PM
    assert await jobs(database, field.day.agent) == 1


@pytest.mark.parametrize("hours", [-1, 0, 9, 12])
async def test_a_time_that_is_past_or_outside_the_shift_is_refused_by_name(
    client: httpx.AsyncClient, field: Field, hours: int
) -> None:
    body = {"kind": "late", "at": (MONDAY_NINE + timedelta(hours=hours)).isoformat()}
    answer = await client.put(
        f"/v1/agent/notices/{new_id()}", json=body, headers=bearer(field.agent)
    )
    assert answer.status_code == 422, answer.text
    assert "at" in answer.text
    assert "within the shift" in answer.text


async def test_a_supervisor_says_that_an_agent_is_late_once(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    headers = bearer(field.supervisor) | {"Idempotency-Key": "late-1"}
    path, body = f"/v1/agents/{field.day.agent}/late", {"at": TWO_PM.isoformat()}
    answers = await asyncio.gather(
        *(client.post(path, json=body, headers=headers) for _ in range(3))
    )
    assert [a.status_code for a in answers] == [200] * 3
    assert len({a.json()["id"] for a in answers}) == 1
    assert await jobs(database, field.day.agent) == 1


async def test_without_a_shift_there_is_nothing_to_be_late_for(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        token = await a_token(session, await an_agent(session, branch))
    body = {"kind": "late", "at": TWO_PM.isoformat()}
    answer = await client.put(f"/v1/agent/notices/{new_id()}", json=body, headers=bearer(token))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/no-running-shift"


async def test_an_urgent_case_is_taken_from_the_colleague_and_visited_whatever_it_is_worth(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        colleague = await an_agent(session, field.day.branch, "Rosa Vega", home=HOME, shift=SHIFT)
        urgent = await a_case(session, field.day.branch, at=HOME, agent_id=colleague, urgency=1.0)
    answer = await client.post(
        f"/v1/agents/{field.day.agent}/cases",
        json={"case_id": str(urgent.case_id), "urgent": True},
        headers=bearer(field.supervisor),
    )
    assert answer.status_code == 200, answer.text
    assert await jobs(database, field.day.agent) == 1
    assert await jobs(database, colleague) == 1
    mine, theirs = await order_after_planning(database, field.day.agent, colleague)
    assert urgent.case_id in mine
    assert theirs == []


async def test_a_case_that_is_not_there_cannot_be_added(
    client: httpx.AsyncClient, field: Field
) -> None:
    answer = await client.post(
        f"/v1/agents/{field.day.agent}/cases",
        json={"case_id": str(new_id())},
        headers=bearer(field.supervisor),
    )
    assert answer.status_code == 404


async def test_two_agents_swap_the_rest_of_their_day(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        early = (MONDAY_NINE, MONDAY_NINE + timedelta(hours=6))
        other = await a_day(session, ((110, 20), (210, 120)), shift=early, branch=field.day.branch)
        at = await rows(
            session,
            "SELECT min(begins_at) AS at FROM stop WHERE agent_id = :a AND seq = 2",
            a=field.day.agent,
        )
    swap = at[0].at
    answer = await client.post(
        f"/v1/agents/{field.day.agent}/swap-half-shift",
        json={"at": swap.isoformat(), "with_agent_id": str(other.agent)},
        headers=bearer(field.supervisor),
    )
    assert answer.status_code == 200, answer.text
    swapped = answer.json()
    assert swapped["given"] == len(field.day.order) - 1
    assert (await shift_of(database, field.day.agent))[1] == early[1]
    assert (await shift_of(database, other.agent))[1] == SHIFT[1]
    mine, theirs = await order_after_planning(database, field.day.agent, other.agent)
    assert set(field.day.order[1:]) <= set(theirs)
    assert field.day.order[0] in mine


async def test_nobody_swaps_with_himself(client: httpx.AsyncClient, field: Field) -> None:
    answer = await client.post(
        f"/v1/agents/{field.day.agent}/swap-half-shift",
        json={"at": TWO_PM.isoformat(), "with_agent_id": str(field.day.agent)},
        headers=bearer(field.supervisor),
    )
    assert answer.status_code == 422
    assert "with_agent_id" in answer.text


async def test_agent_and_supervisor_see_the_offer_and_its_difference(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    offer_id = await an_offer(database, field.day)
    own = await client.get("/v1/agent/round-offers", headers=bearer(field.agent))
    theirs = await client.get("/v1/round-offers", headers=bearer(field.supervisor))
    assert own.json() == theirs.json()
    (offer,) = own.json()["items"]
    assert offer["id"] == str(offer_id)
    assert offer["state"] == "offered"
    assert [d["case_id"] for d in offer["difference"]["dropped"]] == [str(field.day.order[1])]


async def test_of_agent_and_supervisor_at_once_one_decides(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    offer_id = await an_offer(database, field.day)
    taken, left = await asyncio.gather(
        client.put(f"/v1/agent/round-offers/{offer_id}/decision",
                   json={"decision": "accepted"}, headers=bearer(field.agent)),
        client.put(f"/v1/round-offers/{offer_id}/decision",
                   json={"decision": "declined"}, headers=bearer(field.supervisor)),
    )  # fmt: skip
    assert sorted([taken.status_code, left.status_code]) == [200, 409]
    refused = taken if taken.status_code == 409 else left
    assert refused.json()["type"] == "/problems/offer-decided"
    async with database.transaction(EVERYTHING) as session:
        stored = await offers.offer(session, offer_id, MONDAY_NINE)
    assert stored is not None
    assert (stored.state == "accepted") == (taken.status_code == 200)
    again = await client.put(
        f"/v1/round-offers/{offer_id}/decision",
        json={"decision": stored.state},
        headers=bearer(field.supervisor),
    )
    assert again.status_code == 200


async def test_taking_an_offer_while_the_round_is_replaced_never_waits_in_a_circle(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    offer_id = await an_offer(database, field.day)
    answer, _ = await asyncio.gather(
        client.put(f"/v1/agent/round-offers/{offer_id}/decision",
                   json={"decision": "accepted"}, headers=bearer(field.agent)),
        order_after_planning(database, field.day.agent),
        return_exceptions=True,
    )  # fmt: skip
    assert not isinstance(answer, BaseException)
    assert answer.status_code in (200, 409), answer.text
    if answer.status_code == 409:
        assert answer.json()["type"] == "/problems/offer-overtaken"
        assert "revision" in answer.json()


async def test_an_offer_of_others_is_not_there(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    offer_id = await an_offer(database, field.day)
    async with database.transaction(EVERYTHING) as session:
        stranger = await a_token(session, await an_agent(session, field.day.branch))
    answer = await client.put(
        f"/v1/agent/round-offers/{offer_id}/decision",
        json={"decision": "accepted"},
        headers=bearer(stranger),
    )
    assert answer.status_code == 404
