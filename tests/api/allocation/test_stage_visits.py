"""The stage of a case decides who visits it, in allocation and in rounds, as the branch says."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from allocation.allocate import allocate
from collection.portfolio.stages.change_stage import change_stage
from collection.portfolio.stages.stage import Stage
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from routing.instructions.instruct import instruct
from routing.instructions.instruction import Instruction, Kind
from routing.rounds.plan_rounds import plan_rounds
from routing.rounds.store import counts
from routing.travel.city import open_city
from routing.underway.store import rides
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph


@dataclass
class Office:
    """A head office and a branch below it, whose one agent has a case in the field."""

    client: httpx.AsyncClient
    database: Database
    boss: UUID
    token: str
    stranger: str
    head: str
    code: str
    branch: UUID
    agent: UUID
    case: ACase

    async def say(self, visits: str, *skills: str, code: str = "", stage: str = "legal") -> Any:
        """What the branch of that code, or the agent's own, says of a stage."""
        path = f"/v1/branches/{code or self.code}/stage-visits/{stage}"
        body = {"visits": visits, "skills": skills}
        answer = await self.client.put(path, json=body, headers=bearer(self.token))
        assert answer.status_code == 200, answer.text
        return {each["stage"]: each for each in answer.json()}

    async def move(self, stage: Stage) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            await change_stage(
                session, self.case.case_id, stage, None, "test", self.boss, MONDAY_NINE
            )

    async def order(self, kind: Kind) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            made = Instruction(new_id(), self.case.case_id, kind, DAY, DAY, "test")
            await instruct(session, self.boss, made, b"", MONDAY_NINE)

    async def round(self) -> tuple[int, dict[str, str]]:
        """How many visits the round has that is planned now; and why another case is not."""
        async with self.database.transaction(EVERYTHING) as session:
            city = open_city(small_graph())
            await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [self.agent])
            (found,) = await rows(
                session,
                "SELECT skipped, (SELECT count(*) FROM stop WHERE round_id = r.id) AS stops"
                " FROM round r WHERE agent_id = :a AND replaced_at IS NULL",
                a=self.agent,
            )
        return found.stops, {one["code"]: one["reason"] for one in found.skipped}

    async def owner(self) -> tuple[UUID | None, str | None]:
        """Who has the case after an allocation, and why nobody has it."""
        async with self.database.transaction(EVERYTHING) as session:
            await allocate(session, self.branch, DAY, open_city(small_graph()), MONDAY_NINE)
            case = self.case.case_id
            why = await rows(session, "SELECT code FROM unallocated WHERE case_id = :c", c=case)
            has = await rows(
                session,
                "SELECT agent_id FROM assignment WHERE case_id = :c AND upper_inf(during)",
                c=case,
            )
        return has[0].agent_id if has else None, why[0].code if why else None


@pytest.fixture
async def office(database: Database, client: httpx.AsyncClient) -> Office:
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session)
        head_code = await branch_code(session, head)
        branch = await a_branch(session, parent_code=head_code, location=HOME)
        boss = await a_person(session, head, Role.ALLOCATION_MANAGER)
        other = await a_person(session, await a_branch(session), Role.ALLOCATION_MANAGER)
        agent = await an_agent(session, branch, home=HOME, shift=SHIFT)
        case = await a_case(session, branch, at=LatLon(*at(100, 10)), agent_id=agent)
        return Office(
            client, database, boss, await a_token(session, boss), await a_token(session, other),
            head_code, await branch_code(session, branch), branch, agent, case,
        )  # fmt: skip


async def test_before_the_field_a_case_is_visited_where_somebody_asks(office: Office) -> None:
    assert await office.round() == (1, {})
    await office.move(Stage.RISK_WATCH)
    stops, why = await office.round()
    assert (stops, list(why)) == (0, ["stage"])
    assert "it is at the stage risk_watch" in why["stage"]
    async with office.database.transaction(EVERYTHING) as session:
        told = await counts(session, office.branch, DAY, MONDAY_NINE)
        assert (told.cases, told.held_back) == (0, 1)
    await office.order(Kind.MUST_VISIT)
    assert await office.round() == (1, {})
    assert await office.owner() == (office.agent, None)


async def test_a_promise_of_the_day_asks_for_a_visit(office: Office) -> None:
    await office.move(Stage.MULTI_CHANNEL)
    assert (await office.round())[0] == 0
    async with office.database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "INSERT INTO promise (id, branch_id, agent_id, account_id, case_id, amount_minor,"
            " currency, due_on, made_at, source, state, body_hash)"
            " VALUES (:id, :branch, :agent, :account, :case, 100, 'CLP', :day, :at, 'agent',"
            " 'open', '') RETURNING 1",
            id=new_id(), branch=office.branch, agent=office.agent, account=office.case.account_id,
            case=office.case.case_id, day=DAY, at=MONDAY_NINE.replace(day=MONDAY_NINE.day - 3),
        )  # fmt: skip
    assert await office.round() == (1, {})


async def test_a_case_at_court_leaves_the_round_and_its_agent_and_no_order_helps(
    office: Office,
) -> None:
    assert await office.round() == (1, {})
    await office.move(Stage.LEGAL)
    async with office.database.transaction(EVERYTHING) as session:
        [ride] = await rides(session, MONDAY_NINE, [office.agent])
        assert [stop.is_gone for stop in ride.stops] == [True], "the round under way lets go of it"
    await office.order(Kind.MUST_VISIT)
    stops, why = await office.round()
    assert (stops, list(why)) == (0, ["stage"])
    assert "it is at the stage legal, at which nobody is visited" in why["stage"]
    assert await office.owner() == (None, "barred")


async def test_a_branch_has_those_visit_who_are_trained_for_it(office: Office) -> None:
    await office.move(Stage.LEGAL)
    told = await office.say("as_due", "court", code=office.head)
    assert told["legal"] == {
        "stage": "legal", "visits": "as_due", "skills": ["court"], "is_own": True,
    }  # fmt: skip
    stops, why = await office.round()
    assert (stops, list(why)) == (0, ["missing_skill"])
    assert await office.owner() == (None, "no_agent_with_skill")
    async with office.database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE agent_profile SET skills = '{court}' WHERE agent_id = :a RETURNING 1",
            a=office.agent,
        )
    assert await office.owner() == (office.agent, None)
    assert await office.round() == (1, {})
    # The branch itself says otherwise, then nothing any more.
    assert (await office.say("never"))["legal"]["is_own"]
    assert (await office.round())[0] == 0
    path = f"/v1/branches/{office.code}/stage-visits"
    await office.client.delete(f"{path}/legal", headers=bearer(office.token))
    assert (await office.round())[0] == 1
    seen = (await office.client.get(path, headers=bearer(office.token))).json()
    assert [each["stage"] for each in seen][-2:] == ["field", "legal"]
    assert not any(each["is_own"] for each in seen)


async def test_what_is_no_stage_of_open_cases_is_refused(office: Office) -> None:
    path = f"/v1/branches/{office.code}/stage-visits/closed"
    body = {"visits": "as_due"}
    refused = await office.client.put(path, json=body, headers=bearer(office.token))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "stage")
    path = path.replace("closed", "legal")
    refused = await office.client.put(path, json=body, headers=bearer(office.stranger))
    assert refused.status_code == 404, "another branch's manager may not"
