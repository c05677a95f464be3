"""Moves by hand: one, many, all of an agent's; now and later; pins; centers; history."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert, update

from allocation.allocate import allocate
from allocation.owners.turn_over import turn_over
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.allocation import Center
from data.tables.collection import Customer
from identity.principal import Role
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph

SPOTS = ((100, 10), (200, 110), (300, 210))


@dataclass
class Office:
    """A manager, two agents of one branch, one of another, and three cases with the first."""

    token: str
    branch: UUID
    code: str
    ana: UUID
    ben: UUID
    far: UUID
    cases: list[ACase]

    @property
    def ids(self) -> list[UUID]:
        return [case.case_id for case in self.cases]


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session)
        code = await branch_code(session, head)
        branch = await a_branch(session, parent_code=code, location=HOME)
        other = await a_branch(session, parent_code=code)
        manager = await a_person(session, head, Role.ALLOCATION_MANAGER, "Mia Manager")
        ana = await an_agent(session, branch, "Ana", home=HOME, shift=SHIFT)
        ben = await an_agent(session, branch, "Ben", home=HOME, shift=SHIFT)
        far = await an_agent(session, other, "Fay", home=HOME, shift=SHIFT)
        cases = [
            await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=ana) for spot in SPOTS
        ]
        return Office(
            await a_token(session, manager), branch, await branch_code(session, branch), ana, ben,
            far, cases,
        )  # fmt: skip


async def post(client: httpx.AsyncClient, office: Office, path: str, **body: Any) -> Any:
    body.setdefault("reason", "closer to home")
    answer = await client.post(path, json=body, headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def give(
    client: httpx.AsyncClient, office: Office, case: UUID, to: UUID | None, **more: Any
) -> Any:
    return await post(client, office, f"/v1/cases/{case}/owner", agent_id=to and str(to), **more)


async def owner(database: Database, case: UUID) -> UUID | None:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT agent_id FROM assignment WHERE case_id = :case AND upper_inf(during)",
            case=case,
        )
    return found[0].agent_id if found else None


async def history(client: httpx.AsyncClient, office: Office, case: UUID) -> Any:
    path = f"/v1/cases/{case}/assignments"
    answer = await client.get(path, headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_case_changes_hands_and_its_history_says_who_did_it_and_why(
    client: httpx.AsyncClient, office: Office
) -> None:
    case = office.ids[0]
    done = await give(client, office, case, office.ben)
    assert done["moved"] == [
        {"case_id": str(case), "from_id": str(office.ana), "to_id": str(office.ben)}
    ]
    told = await history(client, office, case)
    now, before = told["owners"]
    assert (now["agent"], now["by"], now["reason"]) == ("Ben", "Mia Manager", "closer to home")
    assert (now["ended_at"], before["agent"]) == (None, "Ana")
    assert before["ended_at"] == now["began_at"]
    again = await give(client, office, case, office.ben)
    assert (again["moved"], again["unchanged"]) == ([], [str(case)])


async def test_todays_rounds_of_both_agents_are_planned_again(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        city = open_city(small_graph())
        both = [office.ana, office.ben]
        await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, both)
    await give(client, office, office.ids[0], office.ben)
    async with database.transaction(EVERYTHING) as session:
        jobs = await rows(
            session,
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'rounds.plan_agents'"
            " ORDER BY id DESC",
        )
    assert str(office.ana) in jobs[0].args["agent_ids"]
    assert jobs[0].args["day"] == DAY.isoformat()


async def test_of_many_moves_those_that_cannot_be_made_are_told_one_by_one(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            update(Customer)
            .where(Customer.id == office.cases[1].customer_id)
            .values(agent_gender="female")
        )
    unknown, nobody = new_id(), new_id()
    wanted = [
        (office.ids[0], office.ben),
        (office.ids[1], office.ben),
        (office.ids[2], nobody),
        (unknown, office.ben),
    ]
    moves = [{"case_id": str(case), "agent_id": str(agent)} for case, agent in wanted]
    done = await post(client, office, "/v1/assignments/moves", moves=moves)
    assert [change["case_id"] for change in done["moved"]] == [str(office.ids[0])]
    assert {no["case_id"]: no["code"] for no in done["refused"]} == {
        str(office.ids[1]): "does_not_fit",
        str(office.ids[2]): "no_such_agent",
        str(unknown): "no_such_case",
    }
    told = next(no["detail"] for no in done["refused"] if no["code"] == "does_not_fit")
    assert told == "the customer asks for female; say `overrule` if it must be"
    done = await give(client, office, office.ids[1], office.ben, overrule=True)
    assert [change["case_id"] for change in done["moved"]] == [str(office.ids[1])]


async def test_all_that_an_agent_has_goes_to_another(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    path = f"/v1/agents/{office.ana}/hand-over"
    done = await post(client, office, path, to_agent_id=str(office.ben), reason="leaves us")
    assert {change["case_id"] for change in done["moved"]} == {str(i) for i in office.ids}
    assert [await owner(database, case) for case in office.ids] == [office.ben] * 3


async def test_a_move_from_a_date_happens_then_and_ends_at_its_date(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    case = office.ids[0]
    tomorrow, later = MONDAY_NINE + timedelta(days=1), MONDAY_NINE + timedelta(days=8)
    done = await give(
        client, office, case, office.ben,
        from_at=tomorrow.isoformat(), until=later.isoformat(), reason="Ana is on leave",
    )  # fmt: skip
    assert (done["moved"], len(done["planned"])) == ([], 1)
    assert len((await history(client, office, case))["planned"]) == 2
    assert await owner(database, case) == office.ana
    for at_, expected, carried_out in (
        (tomorrow - timedelta(seconds=1), office.ana, 0),
        (tomorrow, office.ben, 1),
        (later, office.ana, 1),
    ):
        async with database.transaction(EVERYTHING) as session:
            assert await turn_over(session, at_) == carried_out
        assert await owner(database, case) == expected
    assert (await history(client, office, case))["planned"] == []


async def test_a_planned_move_can_be_called_off_once(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    tomorrow = MONDAY_NINE + timedelta(days=1)
    await give(client, office, office.ids[0], office.ben, from_at=tomorrow.isoformat())
    (planned,) = (await history(client, office, office.ids[0]))["planned"]
    path = f"/v1/planned-moves/{planned['id']}"
    assert (await client.delete(path, headers=bearer(office.token))).status_code == 204
    assert (await client.delete(path, headers=bearer(office.token))).status_code == 404
    async with database.transaction(EVERYTHING) as session:
        assert await turn_over(session, tomorrow) == 0
    assert await owner(database, office.ids[0]) == office.ana


async def test_a_pin_survives_the_next_allocation_and_ends_at_its_date(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    until = MONDAY_NINE + timedelta(hours=2)
    await give(client, office, office.ids[0], office.far, lend=True, reason="only Fay has the keys")
    await give(client, office, office.ids[0], office.ben)
    path = f"/v1/cases/{office.ids[0]}/pin"
    body = {"reason": "knows the family", "until": until.isoformat()}
    for _ in range(2):
        pinned = await client.put(path, json=body, headers=bearer(office.token))
        assert (pinned.status_code, pinned.json()["agent"]) == (200, "Ben")
        assert pinned.json()["pinned_by"] == "Mia Manager"
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE agent_profile SET max_cases = 0 WHERE agent_id = :ben RETURNING 1",
            ben=office.ben,
        )
        city = open_city(small_graph())
        await allocate(session, office.branch, DAY, city, MONDAY_NINE + timedelta(hours=1))
        assert await owner(database, office.ids[0]) == office.ben
        await allocate(session, office.branch, DAY, city, until + timedelta(hours=1))
    assert await owner(database, office.ids[0]) == office.ana
    assert (await client.delete(path, headers=bearer(office.token))).status_code == 204


async def test_the_members_of_a_center_move_together_until_a_manager_splits_it(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    center = new_id()
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(Center).values(id=center, branch_id=office.branch, code="C1", name="Market")
        )
        members = [case.customer_id for case in office.cases[:2]]
        await session.execute(
            update(Customer).where(Customer.id.in_(members)).values(center_id=center)
        )
    done = await give(client, office, office.ids[0], office.ben)
    assert {c["case_id"] for c in done["moved"]} == {str(i) for i in office.ids[:2]}
    moves = [
        {"case_id": str(case), "agent_id": str(to)}
        for case, to in zip(office.ids[:2], (office.ana, office.ben), strict=True)
    ]
    done = await post(client, office, "/v1/assignments/moves", moves=moves)
    assert done["moved"] == []
    assert {no["code"] for no in done["refused"]} == {"center_divided"}
    assert len(done["refused"]) == 2


async def test_a_case_is_lent_to_another_branch_only_when_that_is_said(
    client: httpx.AsyncClient, office: Office
) -> None:
    done = await give(client, office, office.ids[0], office.far)
    assert [no["code"] for no in done["refused"]] == ["other_branch"]
    done = await give(client, office, office.ids[0], office.far, lend=True)
    assert len(done["moved"]) == 1
    assert (await history(client, office, office.ids[0]))["owners"][0]["lent_to"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"until": "2026-11-23T11:00:00Z"}, "until"),
        ({"from_at": "2026-11-25T00:00:00Z", "until": "2026-11-24T00:00:00Z"}, "until"),
        ({"pin": True, "from_at": "2026-11-25T00:00:00Z"}, "pin"),
    ],
)
async def test_times_that_cannot_be_are_refused_by_name(
    client: httpx.AsyncClient, office: Office, more: dict[str, Any], field: str
) -> None:
    body = {"agent_id": str(office.ben), "reason": "x", **more}
    path = f"/v1/cases/{office.ids[0]}/owner"
    answer = await client.post(path, json=body, headers=bearer(office.token))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_cases_without_an_owner_are_listed_with_the_reason_page_by_page(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE case_file SET needs = '{diver}' WHERE id = :case RETURNING 1",
            case=office.ids[0],
        )
        await a_case(session, office.branch, at=None, urgency=90)
        city = open_city(small_graph())
        await allocate(session, office.branch, DAY, city, MONDAY_NINE)
        await a_case(session, office.branch, urgency=10)
    params = {"branch_id": str(office.branch), "limit": "1"}
    seen = []
    while True:
        answer = await client.get("/v1/unallocated", params=params, headers=bearer(office.token))
        assert answer.status_code == 200, answer.text
        seen += answer.json()["items"]
        if not answer.json()["next_cursor"]:
            break
        params["cursor"] = answer.json()["next_cursor"]
    assert [each["code"] for each in seen] == [
        "not_on_map", "no_agent_with_skill", "not_yet_allocated",
    ]  # fmt: skip
    assert seen[1]["facts"] == {"missing": ["diver"], "agents": 2}
    assert seen[1]["sentence"].endswith("has skill diver")
    path = f"/v1/branches/{office.code}/allocations"
    (run,) = (await client.get(path, headers=bearer(office.token))).json()
    assert (run["figures"]["cases"], run["figures"]["without_owner"]) == (3, 1)
    assert 0 <= run["figures"]["money_gini"] < 1
