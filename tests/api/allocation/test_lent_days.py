"""A day with a case of another branch: planned, visited and paid; and what is left of it after."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from allocation.absence.absence import LENT, Absent
from allocation.absence.stand_in import stand_in
from allocation.begin_day import begin_day
from allocation.during_day import store as during_day
from allocation.store import end_owners, hand_over
from collection.gate.kinds import HoldKind
from collection.gate.records.leave_alone import (
    NewHold,
    NewPreference,
    record_hold,
    record_preference,
)
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from identity.principal import Role
from routing.instructions.instruct import instruct
from routing.instructions.instruction import Instruction, Kind
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.underway.scenes import CITIES, DAY, HOME, SHIFT, relieve, solve_all
from tests.streets.small_city import at, small_graph

DOOR = LatLon(*at(300, 110))
CITY = open_city(small_graph())
TWO_PM = MONDAY_NINE + timedelta(hours=5)

OF_THE_CASE = {
    "case_instruction": "case_id", "contact_decision": "case_id", "meeting_chance": "case_id",
    "contact_preference": "customer_id", "occasion_hold": "customer_id",
    "contact_attempt": "customer_id", "meeting_attendance": "account_id",
}  # fmt: skip


@dataclass
class Loan:
    """An agent who has a case of the own branch and one that another branch has lent."""

    owner: UUID
    borrower: UUID
    lender_id: UUID
    agent: UUID
    agent_token: str
    office_token: str
    lender_token: str
    case: ACase
    own: ACase

    @property
    def office(self) -> Scope:
        return Scope((self.borrower,))


@pytest.fixture
async def loan(database: Database) -> Loan:
    async with database.transaction(EVERYTHING) as session:
        head = await branch_code(session, await a_branch(session))
        owner = await a_branch(session, parent_code=head, location=HOME)
        borrower = await a_branch(session, parent_code=head, location=HOME)
        lender = await a_person(session, owner, Role.SUPERVISOR)
        office = await a_person(session, borrower, Role.SUPERVISOR)
        agent = await an_agent(session, borrower, "Bea", home=HOME, shift=SHIFT)
        case = await a_case(session, owner, at=DOOR)
        own = await a_case(session, borrower, at=LatLon(*at(100, 10)), agent_id=agent)
        await hand_over(session, [(case.case_id, agent)], "nearer", None, MONDAY_NINE)
        return Loan(
            owner, borrower, lender, agent, await a_token(session, agent),
            await a_token(session, office), await a_token(session, lender), case, own,
        )  # fmt: skip


async def planned(database: Database, loan: Loan) -> dict[UUID, Any]:
    """The stops of the agent's round in force, by case, as the borrowing office sees them."""
    async with database.transaction(loan.office) as session:
        found = await rows(
            session,
            "SELECT s.* FROM round r JOIN stop s ON s.round_id = r.id"
            " WHERE r.agent_id = :agent AND r.replaced_at IS NULL",
            agent=loan.agent,
        )
    return {r.case_id: r for r in found}


async def begin(database: Database, loan: Loan) -> dict[UUID, Any]:
    async with database.transaction(EVERYTHING) as session:
        await begin_day(session, loan.borrower, DAY, CITIES, solve_all, MONDAY_NINE)
    return await planned(database, loan)


def fix() -> dict[str, Any]:
    return {"lat": DOOR.lat, "lon": DOOR.lon, "captured_at": MONDAY_NINE.isoformat()}


async def works(client: httpx.AsyncClient, loan: Loan) -> None:
    """Check in at the lent case, take money there, and leave."""
    check_in, case_id, told = str(new_id()), str(loan.case.case_id), MONDAY_NINE.isoformat()
    for path, body in (
        (f"check-ins/{check_in}", {"case_id": case_id, "device_time": told, "fix": fix()}),
        (f"receipts/{new_id()}", {
            "case_id": case_id, "amount": {"amount_minor": 20_000, "currency": "CLP"},
            "mode": "cash", "taken_at": told}),
        (f"check-outs/{new_id()}", {
            "check_in_id": check_in, "device_time": told, "outcome": "part_paid"}),
    ):  # fmt: skip
        for _ in range(2):
            done = await client.put(
                f"/v1/agent/{path}", json=body, headers=bearer(loan.agent_token)
            )
            assert done.status_code == 200, done.text


async def test_the_borrowing_office_plans_a_lent_case_as_its_own(
    database: Database, loan: Loan, client: httpx.AsyncClient
) -> None:
    assert set(await begin(database, loan)) == {loan.case.case_id, loan.own.case_id}
    async with database.transaction(Scope((loan.owner,))) as session:
        kept = await rows(session, "SELECT case_id, asked_for, is_allowed FROM contact_decision")
    assert [(r.case_id, r.asked_for, r.is_allowed) for r in kept] == [
        (loan.case.case_id, "plan", True)
    ]
    mine = await client.get("/v1/agent/round", headers=bearer(loan.agent_token))
    assert mine.status_code == 200, mine.text
    assert {s["case_id"] for s in mine.json()["stops"]} == {
        str(loan.case.case_id), str(loan.own.case_id)
    }  # fmt: skip


async def test_orders_and_wishes_that_the_lender_took_down_bind_the_borrowers_round(
    database: Database, loan: Loan
) -> None:
    three = TWO_PM + timedelta(hours=1)
    order = Instruction(new_id(), loan.case.case_id, Kind.FIXED_TIME, DAY, DAY, "asked", three)
    wish = NewPreference((), (), time(14), None, (), False, DAY, None, "told at the counter")
    async with database.transaction(Scope((loan.owner,))) as session:
        await record_preference(session, loan.case.customer_id, wish, loan.lender_id, MONDAY_NINE)
    assert (await begin(database, loan))[loan.case.case_id].begins_at >= TWO_PM
    async with database.transaction(Scope((loan.owner,))) as session:
        await instruct(session, loan.lender_id, order, b"", MONDAY_NINE)
    stop = (await begin(database, loan))[loan.case.case_id]
    assert three <= stop.begins_at <= three + timedelta(minutes=10)
    hold = NewHold(HoldKind.BEREAVEMENT, DAY, None, "the family told us")
    async with database.transaction(Scope((loan.owner,))) as session:
        await record_hold(session, loan.case.customer_id, hold, loan.lender_id, MONDAY_NINE)
    assert set(await begin(database, loan)) == {loan.own.case_id}


async def test_a_lent_case_that_was_visited_is_not_planned_again(
    database: Database, loan: Loan, client: httpx.AsyncClient
) -> None:
    await begin(database, loan)
    await works(client, loan)
    async with database.transaction(loan.office) as session:
        assert await rows(session, "SELECT 1 FROM receipt") == [], "what was paid is not told"
        await plan_rounds(session, DAY, CITY, solve_all, MONDAY_NINE + timedelta(minutes=30))
    again = await planned(database, loan)
    assert again[loan.case.case_id].seq == 1, "it stays where it was done"
    assert again[loan.own.case_id].seq == 2
    async with database.transaction(Scope((loan.owner,))) as session:
        told = await rows(
            session,
            "SELECT d.asked_for, d.agent_id, t.is_conversation FROM contact_attempt t"
            " JOIN contact_decision d ON d.id = t.decision_id",
        )
    assert [(r.asked_for, r.agent_id) for r in told] == [("check_in", loan.agent)]


async def test_nothing_of_the_case_is_seen_once_the_loan_ends(
    database: Database, loan: Loan, client: httpx.AsyncClient
) -> None:
    wish = NewPreference((), (), time(8), None, (), False, DAY, None, "told")
    hold = NewHold(HoldKind.ILLNESS, date(2026, 12, 24), None, "an operation")
    order = Instruction(new_id(), loan.case.case_id, Kind.MUST_VISIT, DAY, None, "promised")
    async with database.transaction(Scope((loan.owner,))) as session:
        await record_preference(session, loan.case.customer_id, wish, loan.lender_id, MONDAY_NINE)
        await record_hold(session, loan.case.customer_id, hold, loan.lender_id, MONDAY_NINE)
        await instruct(session, loan.lender_id, order, b"", MONDAY_NINE)
    await begin(database, loan)
    await works(client, loan)
    agent = Scope((loan.borrower,), loan.agent)

    async def seen(scope: Scope) -> set[str]:
        of = {"case_id": loan.case.case_id, "customer_id": loan.case.customer_id,
              "account_id": loan.case.account_id}  # fmt: skip
        async with database.transaction(scope) as session:
            return {
                table
                for table, column in OF_THE_CASE.items()
                if await rows(
                    session,
                    f"SELECT 1 FROM {table} WHERE {column} = :id LIMIT 1",  # noqa: S608
                    id=of[column],
                )
            }

    asked = {"case_instruction", "contact_preference", "occasion_hold", "contact_attempt"}
    assert await seen(agent) == asked | {"contact_decision"}
    assert await seen(loan.office) == asked
    async with database.transaction(Scope((loan.owner,))) as session:
        await end_owners(session, [loan.case.case_id], MONDAY_NINE + timedelta(hours=1))
    assert await seen(agent) == {"contact_decision"}, "the agent's own facts stay"
    assert await seen(loan.office) == set()
    async with database.transaction(loan.office) as session:
        await plan_rounds(session, DAY, CITY, solve_all, MONDAY_NINE + timedelta(hours=1))
    late = {"case_id": str(loan.case.case_id), "device_time": MONDAY_NINE.isoformat(), "fix": fix()}
    refused = await client.put(
        f"/v1/agent/check-ins/{new_id()}", json=late, headers=bearer(loan.agent_token)
    )
    assert refused.status_code == 404


async def test_the_borrowing_office_changes_nothing_of_a_lent_case(
    database: Database, loan: Loan, client: httpx.AsyncClient
) -> None:
    order = Instruction(new_id(), loan.case.case_id, Kind.MUST_VISIT, DAY, None, "promised")
    async with database.transaction(Scope((loan.owner,))) as session:
        await instruct(session, loan.lender_id, order, b"", MONDAY_NINE)
    case, customer = f"/v1/cases/{loan.case.case_id}", f"/v1/customers/{loan.case.customer_id}"
    must = {"kind": "must_visit", "from_day": "2026-11-30", "reason": "why not"}
    mine = {"agent_id": None, "reason": "not ours"}
    for method, path, body, status in (
        ("PUT", f"{case}/needs", {"needs": ["boat"]}, 404),
        ("PUT", f"{case}/instructions/{new_id()}", must, 404),
        ("DELETE", f"{case}/instructions/{order.id}", None, 404),
        ("PUT", f"{case}/tags/dog", {"reason": "bites"}, 404),
        ("PUT", f"{case}/pin", {"reason": "ours"}, 403),
        ("PUT", f"{customer}/agent-gender", {"gender": "female"}, 404),
        ("PUT", f"/v1/agents/{loan.agent}/conflicts/{loan.case.customer_id}",
         {"reason": "a cousin"}, 404),
        ("POST", f"/v1/agents/{loan.agent}/cases", {"case_id": str(loan.case.case_id)}, 404),
    ):  # fmt: skip
        answer = await client.request(method, path, json=body, headers=bearer(loan.office_token))
        assert answer.status_code == status, (path, answer.text)
    given = await client.post(f"{case}/owner", json=mine, headers=bearer(loan.office_token))
    assert given.status_code == 404 or given.json()["refused"], given.text
    async with database.transaction(Scope((loan.owner,))) as session:
        (left,) = await rows(
            session,
            "SELECT c.needs, i.ended_at, a.agent_id FROM case_file c"
            " JOIN case_instruction i ON i.case_id = c.id"
            " JOIN assignment a ON a.case_id = c.id AND upper_inf(a.during) WHERE c.id = :case",
            case=loan.case.case_id,
        )
    assert (left.needs, left.ended_at, left.agent_id) == ([], None, loan.agent)


async def test_lent_cases_are_left_out_of_a_swap_which_stays_in_a_branch(
    database: Database, loan: Loan, client: httpx.AsyncClient
) -> None:
    await begin(database, loan)
    async with database.transaction(loan.office) as session:
        swapped = await during_day.visits_from(session, loan.agent, DAY, MONDAY_NINE)
        assert swapped == [loan.own.case_id]
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session)
        here = await a_branch(session, parent_code=await branch_code(session, head))
        there = await a_branch(session, parent_code=await branch_code(session, head))
        one = await an_agent(session, here, home=HOME, shift=SHIFT)
        other = await an_agent(session, there, home=HOME, shift=SHIFT)
        token = await a_token(session, await a_person(session, head))
    answer = await client.post(
        f"/v1/agents/{one}/swap-half-shift",
        json={"at": TWO_PM.isoformat(), "with_agent_id": str(other)},
        headers=bearer(token),
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["expected"] == "an agent of the same branch"


async def test_of_an_agent_who_drops_out_the_lent_visits_are_told_and_stay(
    database: Database, loan: Loan
) -> None:
    await begin(database, loan)
    async with database.transaction(loan.office) as session:
        (office,) = await rows(session, "SELECT id FROM staff WHERE role = 'supervisor'")
        col = await an_agent(session, loan.borrower, "Col", home=HOME, shift=SHIFT)
        await plan_rounds(session, DAY, CITY, solve_all, MONDAY_NINE, [col])
        absent = Absent(loan.agent, "ill", office.id)
        done = await stand_in(session, absent, CITY, relieve, MONDAY_NINE)
    assert [moved.case_id for moved in done.moved] == [loan.own.case_id]
    assert [(left.case_id, left.reason) for left in done.unplaced] == [(loan.case.case_id, LENT)]


async def test_a_case_added_during_the_day_keeps_to_the_rules_unless_overruled(
    database: Database, loan: Loan, client: httpx.AsyncClient
) -> None:
    async with database.transaction(EVERYTHING) as session:
        case = await a_case(session, loan.borrower, at=DOOR)
        await rows(session, "UPDATE case_file SET needs = '{boat}' WHERE id = :c RETURNING 1",
                   c=case.case_id)  # fmt: skip
    path, body = f"/v1/agents/{loan.agent}/cases", {"case_id": str(case.case_id)}
    refused = await client.post(path, json=body, headers=bearer(loan.office_token))
    assert refused.status_code == 409
    assert "lacks skill boat" in refused.json()["detail"]
    taken = await client.post(
        path, json=body | {"overrule": True}, headers=bearer(loan.office_token)
    )
    assert taken.status_code == 200, taken.text
