"""Days that cannot be planned, or only badly: what is wrong is told in words."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.geometry import LatLon
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from routing.rounds.day import MOST_CANDIDATES
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from streets.publish import publish
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph

HOUR = timedelta(hours=1)


class Office:
    """A branch with a manager, and requests in the manager's name."""

    def __init__(self, client: httpx.AsyncClient, database: Database) -> None:
        self.client, self.database = client, database
        self.branch, self.code, self.token = UUID(int=0), "", ""

    async def open(self, location: LatLon = HOME) -> "Office":
        async with self.database.transaction(EVERYTHING) as session:
            self.branch = await a_branch(session, location=location)
            self.code = await branch_code(session, self.branch)
            manager = await a_person(session, self.branch, Role.ALLOCATION_MANAGER)
            self.token = await a_token(session, manager)
        return self

    async def plan(self, day: date = DAY) -> httpx.Response:
        path = f"/v1/branches/{self.code}/days/{day}/plan"
        return await self.client.post(path, headers=bearer(self.token))

    async def agent(self, **facts: Any) -> UUID:
        async with self.database.transaction(EVERYTHING) as session:
            facts = {"home": HOME, "shift": SHIFT} | facts
            return await an_agent(session, self.branch, **facts)

    async def case(self, **facts: Any) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            await a_case(session, self.branch, **({"at": LatLon(*at(100, 10))} | facts))

    async def round(self, agent: UUID) -> Any:
        """The round that is planned now, as it is stored."""
        async with self.database.transaction(EVERYTHING) as session:
            city = open_city(small_graph())
            await plan_rounds(session, DAY, city, solve_all, MONDAY_NINE, [agent])
            (found,) = await rows(
                session,
                "SELECT r.*, (SELECT count(*) FROM stop WHERE round_id = r.id) AS stops"
                " FROM round r WHERE agent_id = :a AND replaced_at IS NULL", a=agent,
            )  # fmt: skip
        return found


@pytest.fixture
async def office(client: httpx.AsyncClient, database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
    return await Office(client, database).open()


async def test_without_streets_planning_says_how_to_load_them(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "UPDATE street_network SET is_active = false RETURNING 1")
    office = await Office(client, database).open()
    await office.agent()
    answer = await office.plan()
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/no-streets")
    assert "./roundsman streets PLACE" in answer.json()["detail"]


async def test_a_branch_in_the_sea_says_how_far_the_streets_are(office: Office) -> None:
    at_sea = await Office(office.client, office.database).open(LatLon(-29.9, -90.0))
    await at_sea.agent()
    answer = await at_sea.plan()
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/no-streets-near")
    assert "km away" in answer.json()["detail"]


async def test_a_day_that_is_over_is_refused(office: Office) -> None:
    answer = await office.plan(DAY - timedelta(days=1))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/day-is-over")
    assert answer.json()["detail"] == "2026-11-22 is over; it is 2026-11-23 at this branch"


async def test_a_day_without_shifts_says_how_to_set_one(office: Office) -> None:
    answer = await office.plan()
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/nobody-on-shift")
    assert "No agent has a shift on 2026-11-23" in answer.json()["detail"]
    await office.agent(shift=(MONDAY_NINE - 9 * HOUR, MONDAY_NINE - HOUR))
    answer = await office.plan()
    assert answer.json()["shifts"] == 1
    assert "is over or its agent is absent" in answer.json()["detail"]


async def test_what_will_be_missing_is_told_before(office: Office) -> None:
    await office.agent(cash_limit_minor=0)
    answer = await office.plan()
    assert answer.status_code == 202, answer.text
    assert (answer.json()["agents"], answer.json()["cases"]) == (1, 0)
    assert answer.json()["notes"] == [
        "No open case of this branch is due a visit; all rounds will be empty",
        "1 agent can take no more cash: the cash limit is reached and there is no deposit point"
        " to hand in at",
    ]
    await office.case(at=None)
    assert "1 case cannot be planned" in (await office.plan()).json()["notes"][0]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ends_at": "2026-11-23T11:00:00Z"}, "ends_at"),
        ({"ends_at": "2026-11-23T09:00:00Z", "starts_at": "2026-11-23T10:00:00Z"}, "ends_at"),
        ({"ends_at": "2026-11-25T12:00:00Z"}, "ends_at"),
        ({"starts_at": "9999-12-31T23:00:00Z", "ends_at": "9999-12-31T23:59:59-14:00"},
         "starts_at"),
        ({"breaks": [{"begins_at": "2026-11-23T20:30:00Z", "length_s": 1800}]}, "breaks"),
        ({"breaks": [{"begins_at": "2026-11-23T16:00:00Z", "length_s": 1800},
                     {"begins_at": "2026-11-23T16:30:00Z", "length_s": 1800}]}, "breaks"),
        ({"round_start": "moon"}, "round_start"),
    ],
)  # fmt: skip
async def test_a_shift_that_cannot_be_worked_is_refused_by_its_field(
    office: Office, body: dict[str, Any], field: str
) -> None:
    agent = await office.agent()
    shift = {"starts_at": "2026-11-23T10:00:00Z", "ends_at": "2026-11-23T21:00:00Z"} | body
    path = f"/v1/agents/{agent}/shift"
    answer = await office.client.put(path, json=shift, headers=bearer(office.token))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_a_round_of_no_cases_is_empty_and_says_so(office: Office) -> None:
    found = await office.round(await office.agent())
    assert (found.stops, found.travel_s, found.baseline_travel_s) == (0, 0, 0)
    assert found.notes == ["No open case is assigned to this agent for a visit today"]


async def test_a_cash_limit_below_one_receipt_is_told(office: Office) -> None:
    agent = await office.agent(cash_limit_minor=1_000)
    await office.case(agent_id=agent, due_minor=50_000)
    found = await office.round(agent)
    assert found.stops == 0
    assert "The cash limit of CLP 1,000 is below the smallest amount due" in found.notes[0]
    assert found.skipped[0]["code"] == "over_cash_limit"
    assert found.skipped[0]["would_help"] == "a cash limit of CLP 12,000"


async def test_hours_that_leave_no_time_are_told_with_both(office: Office) -> None:
    agent = await office.agent()
    await office.case(agent_id=agent)
    async with office.database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE case_file SET preferred_from = '20:00', preferred_to = '21:00'"
            " WHERE branch_id = :b RETURNING 1", b=office.branch,
        )  # fmt: skip
    found = await office.round(agent)
    assert found.skipped[0]["reason"] == (
        "the customer's hours 20:00–21:00 leave no time for a visit within the contact hours"
        " 08:00–19:00"
    )
    assert found.skipped[0]["would_help"].startswith("a window of ")


async def test_of_thousands_of_cases_the_most_urgent_are_looked_at(office: Office) -> None:
    agent = await office.agent(cash_limit_minor=10**12)
    async with office.database.transaction(EVERYTHING) as session:
        for number in range(MOST_CANDIDATES + 1):
            await a_case(
                session, office.branch, at=LatLon(*at(number % 400, 10)), agent_id=agent,
                urgency=1 if number == 7 else 50,
            )  # fmt: skip
    found = await office.round(agent)
    (beyond,) = (one for one in found.skipped if one["code"] == "too_many_cases")
    assert beyond["reason"] == (
        f"{MOST_CANDIDATES + 1} cases for one day: only the {MOST_CANDIDATES} most urgent were"
        " looked at"
    )
    assert found.stops + len(found.skipped) == MOST_CANDIDATES + 1


async def test_a_field_profile_is_set_and_followed(office: Office) -> None:
    agent = await office.agent()
    await office.case(agent_id=agent, at=LatLon(*at(390, 290)))
    path = f"/v1/agents/{agent}/field-profile"
    profile: dict[str, Any] = {
        "skills": ["gold"], "languages": ["es"], "round_start": "open", "round_end": "branch",
        "max_distance_km": 0.1,
    }  # fmt: skip
    answer = await office.client.put(path, json=profile, headers=bearer(office.token))
    assert answer.json() == profile
    assert (await office.client.get(path, headers=bearer(office.token))).json() == profile
    found = await office.round(agent)
    # The way back to the branch alone is more than 100 m.
    assert found.skipped[0]["code"] == "over_distance"
    assert "km as the longest distance" in found.skipped[0]["would_help"]
    profile["max_distance_km"] = None
    await office.client.put(path, json=profile, headers=bearer(office.token))
    assert (await office.round(agent)).stops == 1


async def test_an_agent_who_lacks_the_language_is_told_what_would_help(office: Office) -> None:
    agent = await office.agent()
    await office.case(agent_id=agent)
    async with office.database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE customer SET language = 'quz-PE' WHERE branch_id = :b RETURNING 1",
            b=office.branch,
        )
    found = await office.round(agent)
    assert found.skipped[0]["reason"] == "needs an agent who speaks quz"
    assert found.skipped[0]["remedies"][0][0]["needs"] == ["language:quz"]
