"""Shifts over HTTP: seen for a branch, and set for many agents and days at once."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from core.ids import new_id
from data.columns import ewkt_point
from data.session import EVERYTHING, Database, rows, run
from data.tables.identity import AgentProfile, Staff
from identity.attendance.store import mark_absent
from identity.principal import Role
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, a_branch, a_person, a_token, an_agent, branch_code

HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 23)  # a Monday; it is nine in the morning
NINE_TO_SIX = {"from_time": "09:00", "to_time": "18:00"}
LUNCH = {"from_time": "13:00", "length_s": 3600, "slack_s": 1800}


class Office:
    """A branch with two agents, and requests in a supervisor's name."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self.client, self.database = client, database

    async def open(self) -> "Office":
        async with self.database.transaction(EVERYTHING) as session:
            self.branch = await a_branch(session)
            self.code = await branch_code(session, self.branch)
            person = await a_person(session, self.branch)
            self.token = await a_token(session, person)
            self.diego = await an_agent(session, self.branch, "Diego Soto")
            self.ana = await an_agent(session, self.branch, "Ana Rojas")
        return self

    async def set(self, **said: Any) -> httpx.Response:
        body = {
            "agent_ids": [str(self.diego), str(self.ana)], "from_day": "2026-11-23",
            "to_day": "2026-11-29", "weekdays": ["mon", "tue", "wed", "thu", "fri"],
            "hours": NINE_TO_SIX,
        } | said  # fmt: skip
        return await self.client.put("/v1/shifts", json=body, headers=bearer(self.token))

    async def roster(self, first: str = "2026-11-23", last: str = "2026-11-29") -> Any:
        asked = {"from": first, "to": last, "branch": self.code}
        answer = await self.client.get("/v1/shifts", params=asked, headers=bearer(self.token))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def shifts_of(self, name: str, **asked: str) -> Any:
        [its] = [one for one in (await self.roster(**asked))["agents"] if one["name"] == name]
        return its["shifts"]


@pytest.fixture
async def office(client: httpx.AsyncClient, database: Database) -> Office:
    return await Office(client, database).open()


async def test_a_week_is_set_for_all_at_once_and_again_changes_nothing(office: Office) -> None:
    told = await office.set(hours=NINE_TO_SIX | {"breaks": [LUNCH], "round_end": "branch"})
    assert (told.status_code, told.json()) == (
        200,
        {"set": 10, "kept": 0, "removed": 0, "holidays": [], "over": [], "begun_agent_ids": []},
    )
    roster = await office.roster()
    assert [one["name"] for one in roster["agents"]] == ["Ana Rojas", "Diego Soto"]
    assert (roster["zone"], len(roster["days"])) == ("America/Santiago", 7)
    [tuesday] = [each for each in roster["agents"][0]["shifts"] if each["day"] == "2026-11-24"]
    assert (tuesday["from_time"], tuesday["to_time"]) == ("09:00:00", "18:00:00")
    assert (tuesday["starts_at"], tuesday["round_end"]) == ("2026-11-24T12:00:00Z", "branch")
    assert tuesday["breaks"] == [
        {"begins_at": "2026-11-24T16:00:00Z", "length_s": 3600, "slack_s": 1800}
    ]
    again = await office.set(hours=NINE_TO_SIX | {"breaks": [LUNCH], "round_end": "branch"})
    assert (again.json()["set"], again.json()["kept"], again.json()["removed"]) == (0, 10, 0)
    assert await office.roster() == roster
    # Another break alone is another shift; today's has begun, and stays.
    other = (await office.set(hours=NINE_TO_SIX | {"breaks": [LUNCH | {"slack_s": 0}]})).json()
    assert (other["set"], other["removed"], len(other["begun_agent_ids"])) == (8, 8, 2)


async def test_shifts_that_overlap_are_replaced_and_others_stay(office: Office) -> None:
    await office.set(weekdays=["tue"], hours={"from_time": "06:00", "to_time": "10:00"})
    await office.set(weekdays=["tue"], hours={"from_time": "17:00", "to_time": "19:00"})
    await office.set(weekdays=["wed"], hours={"from_time": "20:00", "to_time": "22:00"})
    told = (await office.set(weekdays=["tue", "wed"], agent_ids=[str(office.ana)])).json()
    assert (told["set"], told["removed"]) == (2, 2)
    assert [each["from_time"] for each in await office.shifts_of("Ana Rojas")] == [
        "09:00:00", "09:00:00", "20:00:00",
    ]  # fmt: skip
    assert len(await office.shifts_of("Diego Soto")) == 3


async def test_a_shift_that_has_begun_is_never_changed(office: Office) -> None:
    begun = {"from_time": "08:00", "to_time": "12:00"}
    await office.set(to_day="2026-11-23", hours=begun, agent_ids=[str(office.diego)])
    before = await office.shifts_of("Diego Soto")
    told = (await office.set(to_day="2026-11-23")).json()
    assert (told["set"], told["begun_agent_ids"]) == (1, [str(office.diego)])
    assert await office.shifts_of("Diego Soto") == before
    gone = (await office.set(to_day="2026-11-23", hours=None)).json()
    # Ana's of today has begun this very moment.
    assert (gone["removed"], len(gone["begun_agent_ids"])) == (0, 2)
    assert await office.shifts_of("Diego Soto") == before


async def test_a_shift_that_would_be_over_is_not_set(office: Office) -> None:
    early = {"from_time": "06:00", "to_time": "08:00"}
    told = (await office.set(from_day="2026-11-20", hours=early)).json()
    assert (told["set"], told["over"]) == (8, ["2026-11-20", "2026-11-23"])


async def test_an_absence_is_told_and_stays_when_the_same_is_set_again(office: Office) -> None:
    await office.set()
    async with office.database.transaction(EVERYTHING) as session:
        await mark_absent(session, office.diego, MONDAY_NINE, "sick")
    await office.set()
    [today, *later] = await office.shifts_of("Diego Soto")
    assert (today["absent_since"], today["absent_reason"]) == ("2026-11-23T12:00:00Z", "sick")
    assert {each["absent_since"] for each in later} == {None}


async def test_shifts_to_come_are_taken_away(office: Office) -> None:
    await office.set()
    told = (await office.set(hours=None, weekdays=["tue", "fri"])).json()
    assert (told["removed"], told["set"]) == (4, 0)
    days = [each["day"][-2:] for each in await office.shifts_of("Ana Rojas")]
    assert days == ["23", "25", "26"]
    assert (await office.set(hours=None, weekdays=["tue", "fri"])).json()["removed"] == 0


async def test_holidays_of_the_branch_are_skipped_when_asked(office: Office) -> None:
    """The 8th of December is a holiday in Chile; another is declared for the branch."""
    async with office.database.transaction(EVERYTHING) as session:
        await run(
            session,
            "INSERT INTO holiday (id, branch_id, calendar, day, name, kind, declared_at)"
            " VALUES (:id, :branch, 'CL', '2026-12-09', 'Aniversario', 'branch', :now)",
            id=new_id(), branch=office.branch, now=MONDAY_NINE,
        )  # fmt: skip
    week = {"from_day": "2026-12-07", "to_day": "2026-12-11"}
    told = (await office.set(**week, skip_holidays=True)).json()
    assert (told["set"], told["holidays"]) == (6, ["2026-12-08", "2026-12-09"])
    days = (await office.roster("2026-12-07", "2026-12-11"))["days"]
    assert [day["day"] for day in days if day["holiday"]] == ["2026-12-08", "2026-12-09"]
    assert days[2]["holiday"] == "Aniversario"
    assert (await office.set(**week)).json()["set"] == 4


async def test_another_branchs_agent_is_none_and_nothing_is_set(office: Office) -> None:
    other = await Office(office.client, office.database).open()
    told = await office.set(agent_ids=[str(office.diego), str(other.diego)])
    assert (told.status_code, told.json()["type"]) == (404, "/problems/agent-not-found")
    assert told.json()["agent_id"] == str(other.diego)
    assert await office.shifts_of("Diego Soto") == []
    asked = {"from": "2026-11-23", "to": "2026-11-29", "branch": other.code}
    answer = await office.client.get("/v1/shifts", params=asked, headers=bearer(office.token))
    assert answer.json()["type"] == "/problems/branch-not-found"


async def test_whoever_has_left_is_none_either(office: Office) -> None:
    async with office.database.transaction(EVERYTHING) as session:
        await run(session, "UPDATE staff SET is_active = false WHERE id = :a", a=office.ana)
    assert (await office.set()).status_code == 404
    assert [one["name"] for one in (await office.roster())["agents"]] == ["Diego Soto"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"to_day": "2027-02-23"}, "to_day"),
        ({"to_day": "2026-11-22"}, "to_day"),
        ({"to_day": "2026-11-23", "weekdays": ["sun"]}, "weekdays"),
        ({"weekdays": []}, "weekdays"),
        ({"agent_ids": []}, "agent_ids"),
        ({"hours": {"from_time": "18:00", "to_time": "09:00"}}, "hours.to_time"),
        ({"hours": {"from_time": "09:00Z", "to_time": "18:00"}}, "hours.from_time"),
        ({"hours": NINE_TO_SIX | {"breaks": [LUNCH | {"from_time": "17:30"}]}}, "hours.breaks"),
    ],
)
async def test_what_cannot_be_is_told_with_its_field(
    office: Office, said: dict[str, Any], field: str
) -> None:
    answer = await office.set(**said)
    assert answer.status_code == 422
    assert field in [each["field"].removeprefix("body.") for each in answer.json()["errors"]]


async def test_more_days_than_a_month_are_not_shown(office: Office) -> None:
    asked = {"from": "2026-11-01", "to": "2026-12-02", "branch": office.code}
    answer = await office.client.get("/v1/shifts", params=asked, headers=bearer(office.token))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "to")


async def test_each_goes_by_the_clock_of_their_own_branch(office: Office) -> None:
    """Easter Island is two hours behind."""
    async with office.database.transaction(EVERYTHING) as session:
        island = await a_branch(session, parent_code=office.code)
        await run(session, "UPDATE branch SET zone = 'Pacific/Easter' WHERE id = :b", b=island)
        rapa = await an_agent(session, island, "Rapa Nui")
    told = (await office.set(agent_ids=[str(office.ana), str(rapa)], weekdays=["tue"])).json()
    assert told["set"] == 2
    async with office.database.transaction(EVERYTHING) as session:
        found = await rows(
            session, "SELECT lower(during) AS at FROM shift WHERE agent_id = ANY (:of) ORDER BY 1",
            of=[office.ana, rapa],
        )  # fmt: skip
    assert [r.at.astimezone(UTC).hour for r in found] == [12, 14]


async def test_who_sets_the_same_shifts_at_once_comes_one_after_the_other(office: Office) -> None:
    body = {"starts_at": "2026-11-24T11:00:00Z", "ends_at": "2026-11-24T20:00:00Z"}
    path = f"/v1/agents/{office.ana}/shift"
    answers = await asyncio.gather(
        office.set(),
        office.set(hours={"from_time": "10:00", "to_time": "17:00"}),
        office.client.put(path, json=body, headers=bearer(office.token)),
        office.set(hours=None),
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    days = [each["day"] for each in await office.shifts_of("Ana Rojas")]
    assert sorted(days) == sorted(set(days))


async def test_five_hundred_agents_get_three_months_in_a_few_seconds(office: Office) -> None:
    people = [new_id() for _ in range(500)]
    async with office.database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(Staff),
            [
                {
                    "id": each, "branch_id": office.branch, "role": Role.AGENT.value,
                    "full_name": f"Agent {n}", "username": f"many{each.hex}", "password_hash": "-",
                }
                for n, each in enumerate(people)
            ],
        )  # fmt: skip
        await session.execute(
            insert(AgentProfile),
            [
                {
                    "agent_id": each, "branch_id": office.branch, "home": ewkt_point(LA_SERENA),
                    "vehicle": "two_wheeler", "skills": [], "languages": [],
                }
                for each in people
            ],
        )  # fmt: skip
    said = {
        "agent_ids": [str(each) for each in people],
        "from_day": "2026-11-24",
        "to_day": "2027-02-23",
        "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "hours": NINE_TO_SIX | {"breaks": [LUNCH]},
    }
    all_ = 500 * 92
    later = NINE_TO_SIX | {"to_time": "19:00"}
    for hours, expected in (
        (said["hours"], {"set": all_, "kept": 0, "removed": 0}),
        (said["hours"], {"set": 0, "kept": all_, "removed": 0}),
        (later, {"set": all_, "kept": 0, "removed": all_}),
    ):
        before = time.monotonic()
        told = (await office.set(**said | {"hours": hours})).json()
        took_s = time.monotonic() - before
        assert {each: told[each] for each in expected} == expected
        assert took_s < 40, took_s  # a fraction of it where nothing else runs
    gone = (await office.set(**said | {"hours": None})).json()
    assert gone["removed"] == all_


async def test_one_agents_shift_is_set_as_before(office: Office) -> None:
    body = {"starts_at": "2026-11-24T12:00:00Z", "ends_at": "2026-11-24T20:00:00Z"}
    path = f"/v1/agents/{office.ana}/shift"
    answer = await office.client.put(path, json=body, headers=bearer(office.token))
    assert answer.status_code == 200, answer.text
    [its] = await office.shifts_of("Ana Rojas")
    assert (UUID(its["id"]), its["to_time"]) == (UUID(answer.json()["id"]), "17:00:00")
    assert datetime.fromisoformat(its["starts_at"]) == datetime(2026, 11, 24, 12, tzinfo=UTC)
