"""What would be if: scenarios over HTTP, solved on a real database that they leave as it was."""

import base64
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from allocation.policy import Policy
from allocation.problem import Assignment, Problem
from allocation.scenarios.propose_owners import propose_owners
from allocation.scenarios.run_scenario import Means, give_up, run_scenario
from allocation.scenarios.solve import assigned
from collection.portfolio.geocode import Geocode, nowhere
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from routing.planner.plan import Plan
from routing.planner.problem import Problem as Round
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.travel.cities import Cities
from routing.travel.city import City
from streets.publish import publish
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, SHIFT
from tests.streets.small_city import at, small_graph

WEST, EAST = LatLon(*at(0, 0)), LatLon(*at(400, 300))
MAY_CHANGE = {
    "scenario", "assignment_proposal", "proposed_change", "proposal_edit", "procrastinate_jobs",
    "procrastinate_events", "idempotency", "audit_event", "server_key",
}  # fmt: skip


@dataclass
class Lender:
    """A manager of two branches of two agents each; all cases of a branch are with the first."""

    token: str
    head: UUID
    town: UUID
    port: UUID
    ana: UUID
    ben: UUID
    fay: UUID
    cases: list[ACase]
    port_cases: list[ACase]
    means: Means
    client: httpx.AsyncClient

    async def get(self, path: str) -> Any:
        answer = await self.client.get(path, headers=bearer(self.token))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ask(self, *changes: dict[str, Any], **more: Any) -> httpx.Response:
        body = {"name": "Spring", "branch_ids": [str(self.town), str(self.port)], **more}
        path = "/v1/scenarios"
        answer: httpx.Response = await self.client.post(
            path, json=body | {"changes": list(changes)}, headers=bearer(self.token)
        )
        return answer

    async def solve(self, *changes: dict[str, Any], **more: Any) -> Any:
        """The scenario once it is settled."""
        asked = await self.ask(*changes, **more)
        assert asked.status_code == 201, asked.text
        id_ = asked.json()["id"]
        await run_scenario(self.means, UUID(id_), MONDAY_NINE)
        return await self.get(f"/v1/scenarios/{id_}")

    async def propose(self, *changes: dict[str, Any], **more: Any) -> Any:
        """The proposal that a scenario came to."""
        done = await self.solve(*changes, **more)
        assert done["state"] == "done", done["problem"]
        return await self.get(f"/v1/assignment-proposals/{done['proposal_id']}")


async def assign_here(problem: Problem, policy: Policy, handing_on: frozenset[UUID]) -> Assignment:
    return assigned(problem, policy, handing_on)


async def plan_here(problems: Sequence[Round]) -> Sequence[Plan]:
    return [plan(problem, StopAfter(solutions=20), 1) for problem in problems]


def no_geocoder(city: City) -> Geocode:
    return nowhere


@pytest.fixture
async def lender(client: httpx.AsyncClient, database: Database, tmp_path: Path) -> Lender:
    async with database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        head = await a_branch(session)
        code = await branch_code(session, head)
        town = await a_branch(session, parent_code=code, location=WEST)
        port = await a_branch(session, parent_code=code, location=EAST)
        manager = await a_person(session, head, Role.ALLOCATION_MANAGER, "Mia Manager")
        ana = await an_agent(session, town, "Ana", home=WEST, shift=SHIFT)
        ben = await an_agent(session, town, "Ben", home=EAST, shift=SHIFT)
        fay = await an_agent(session, port, "Fay", home=EAST, shift=SHIFT)
        spots = [(40.0 * n + 10, 100.0 * (n % 3)) for n in range(10)]
        cases = [await a_case(session, town, at=LatLon(*at(*s)), agent_id=ana) for s in spots]
        port_cases = [
            await a_case(session, port, at=LatLon(*at(*s)), agent_id=fay) for s in spots[:4]
        ]
        token = await a_token(session, manager)
    means = Means(database, Cities(tmp_path), no_geocoder, assign_here, plan_here)
    return Lender(token, head, town, port, ana, ben, fay, cases, port_cases, means, client)


async def contents(database: Database) -> dict[str, Any]:
    """All rows of all tables that a scenario has no business with."""
    async with database.transaction(EVERYTHING) as session:
        tables = await rows(
            session,
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND has_table_privilege(c.oid, 'SELECT')",
        )
        found = {}
        for name in {r.relname for r in tables} - MAY_CHANGE:
            sums = await rows(
                session,
                "SELECT count(*) AS n, sum(hashtextextended(t::text, 0)) AS sum"  # noqa: S608
                f' FROM "{name}" AS t',
            )
            found[name] = (sums[0].n, sums[0].sum)
        return found


def more_agents(lender: Lender, number: int = 1) -> dict[str, Any]:
    start = {"lat": EAST.lat, "lon": EAST.lon}
    return {
        "kind": "add_agents", "branch_id": str(lender.town), "number": number, "start": start,
    }  # fmt: skip


async def test_a_scenario_tells_figures_side_by_side_and_live_data_stays_as_it_was(
    lender: Lender, database: Database
) -> None:
    before = await contents(database)
    assert len(before) > 40
    proposal = await lender.propose(more_agents(lender), with_rounds=True)
    assert await contents(database) == before
    now, allocated, proposed = (
        proposal["figures"][name] for name in ("now", "allocated", "proposed")
    )
    assert (now["agents"], allocated["agents"], proposed["agents"]) == (3, 3, 4)
    assert {each["cases"] for each in (now, allocated, proposed)} == {14}
    # All of a branch's work was with one of two agents; spreading it shortens the ways too.
    assert now["work_s_least"] == 0 < proposed["work_s_least"]
    assert proposed["travel_s"] < now["travel_s"]
    assert proposed["work_s_most"] < allocated["work_s_most"] < now["work_s_most"]
    assert (now["moved"], proposed["moved"]) == (0, len(proposal["changes"]))
    assert now["rounds"]["agents"] == 3 < proposed["rounds"]["agents"]
    assert now["rounds"]["visits"] <= proposed["rounds"]["visits"]
    assert proposed["rounds"]["score"] >= now["rounds"]["score"] > 0
    new = [c for c in proposal["changes"] if c["hypothetical"]]
    assert new
    assert {c["to_name"] for c in new} == {"New agent 1"}
    ben = [c for c in proposal["changes"] if c["to_id"] == str(lender.ben)]
    assert all(c["from_name"] == "Ana" and not c["hypothetical"] for c in ben)


async def test_nothing_changed_is_what_an_allocation_would_do(lender: Lender) -> None:
    proposal = await lender.propose()
    assert proposal["figures"]["allocated"] == proposal["figures"]["proposed"]


async def test_a_closed_branch_lends_its_cases_to_the_others(
    lender: Lender, database: Database
) -> None:
    close = {"kind": "close_branch", "branch_id": str(lender.port)}
    proposal = await lender.propose(close)
    ports = {str(c.case_id) for c in lender.port_cases}
    lent = [c for c in proposal["changes"] if c["case_id"] in ports]
    assert {c["case_id"] for c in lent} == ports
    assert {c["to_id"] for c in lent} <= {str(lender.ana), str(lender.ben)}
    assert all(c["lend"] for c in lent)
    assert proposal["figures"]["proposed"]["agents"] == 2
    path = f"/v1/assignment-proposals/{proposal['id']}/publish"
    done = await lender.client.post(path, json={}, headers=bearer(lender.token))
    assert done.status_code == 200, done.text
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT DISTINCT lent_to_branch_id FROM assignment WHERE case_id = ANY (:cases)"
            " AND upper_inf(during)",
            cases=[c.case_id for c in lender.port_cases],
        )
    assert [r.lent_to_branch_id for r in found] == [lender.town]


async def test_branches_taken_together_share_their_agents(lender: Lender) -> None:
    together = {"kind": "take_together", "branch_ids": [str(lender.town), str(lender.port)]}
    proposal = await lender.propose(together)
    assert any(c["lend"] for c in proposal["changes"])


async def test_wishes_that_cannot_be_come_back_as_reasons_with_numbers(lender: Lender) -> None:
    few = {"kind": "set_capacity", "max_cases": 3}
    proposal = await lender.propose(few)
    (lack,) = proposal["figures"]["proposed"]["lacks"][:1]
    assert lack["code"] == "cases_short"
    assert lack["sentence"].endswith(f"short by {lack['cases']} cases")
    proposed = proposal["figures"]["proposed"]
    assert proposed["without_agent"] == sum(each["cases"] for each in proposed["lacks"]) == 5
    nobody = {"kind": "leave_out_agents", "agent_ids": [str(lender.fay)]}
    proposal = await lender.propose(nobody)
    (lack,) = proposal["figures"]["proposed"]["lacks"]
    assert (lack["code"], lack["cases"]) == ("no_agent_in_branch", 4)
    assert "has no agent at work" in lack["sentence"]


async def test_many_are_out_at_once_and_nobody_elses_cases_change_hands(
    lender: Lender, database: Database
) -> None:
    out = {"kind": "leave_out_agents", "agent_ids": [str(lender.ana)], "others_keep": True}
    proposal = await lender.propose(out)
    whose = {(change["from_id"], change["to_id"]) for change in proposal["changes"]}
    assert whose == {(str(lender.ana), str(lender.ben))}, "what does not fit stays with who had it"
    assert proposal["figures"]["proposed"]["moved"] == len(proposal["changes"]) >= 8
    path = f"/v1/assignment-proposals/{proposal['id']}/publish"
    done = await lender.client.post(path, json={}, headers=bearer(lender.token))
    assert done.status_code == 200, done.text
    async with database.transaction(EVERYTHING) as session:
        has = await rows(
            session,
            "SELECT agent_id, count(*) AS n FROM assignment WHERE upper_inf(during)"
            " GROUP BY agent_id",
        )
    moved = len(proposal["changes"])
    owned = {r.agent_id: r.n for r in has}
    assert (owned[lender.ben], owned.get(lender.ana, 0), owned[lender.fay]) == (
        moved, 10 - moved, 4,
    )  # fmt: skip


async def test_a_territory_is_split_between_two_and_its_parts_are_told(lender: Lender) -> None:
    ring = [at(-50, -50), at(450, -50), at(450, 350), at(-50, 350), at(-50, -50)]
    shape = {"type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in ring]]}
    split = {
        "kind": "split_territory", "branch_id": str(lender.town), "territory": "T-1",
        "first_agent_ids": [str(lender.ana)], "second_agent_ids": [str(lender.ben)],
    }  # fmt: skip
    unknown = await lender.ask(split)
    assert unknown.json()["errors"][0]["field"] == "changes.0.territory"
    both = await lender.ask(split | {"second_agent_ids": [str(lender.ana)]})
    assert "works one part" in both.json()["errors"][0]["expected"]
    codes = {b["id"]: b["code"] for b in await lender.get("/v1/branches")}
    path = f"/v1/branches/{codes[str(lender.town)]}/territories/T-1"
    drawn = await lender.client.put(
        path, json={"name": "Market", "shape": shape}, headers=bearer(lender.token)
    )
    assert drawn.status_code == 200, drawn.text
    proposal = await lender.propose(split)
    parts = proposal["figures"]["parts"]
    assert [(part["territory"], part["agents"]) for part in parts] == [
        ("T-1/1", ["Ana"]), ("T-1/2", ["Ben"]),
    ]  # fmt: skip
    assert sum(part["cases"] for part in parts) == 10
    assert all(part["is_whole"] for part in parts)
    assert {change["to_id"] for change in proposal["changes"]} == {str(lender.ben)}
    assert len(proposal["changes"]) == parts[1]["cases"]


async def test_weights_change_what_is_worth_moving(lender: Lender) -> None:
    keep = {"kind": "set_weights", "disturbance_min": 600}
    light = await lender.propose({"kind": "set_weights", "disturbance_min": 0})
    heavy = await lender.propose(keep)
    assert heavy["figures"]["proposed"]["moved"] <= light["figures"]["proposed"]["moved"]


async def test_a_demand_file_is_tried_and_taken_back(lender: Lender, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        code = await branch_code(session, lender.town)
        found = await rows(
            session, "SELECT source_ref FROM account WHERE id = :id", id=lender.cases[0].account_id
        )
        person = await rows(
            session,
            "SELECT source_ref FROM customer WHERE id = :id",
            id=lender.cases[0].customer_id,
        )
    ref = f"N{new_id().hex[:8]}"
    lines = [
        "branch_code,customer_id,customer_name,loan_account_no,product_code,address,lat,lon,"
        "due_date,total_due,dpd",
        f"{code},{ref},Nueva Cliente,{ref},group_loan,Calle 1,{EAST.lat},"
        f"{EAST.lon},2026-10-24,70000,30",
        f"{code},{person[0].source_ref},Old,{found[0].source_ref},individual_loan,Calle 2,"
        f"{WEST.lat},{WEST.lon},2026-11-01,90000,30",
    ]
    file = {
        "kind": "demand_file", "branch_id": str(lender.town), "name": "tuesday.csv",
        "business_date": "2026-11-24",
        "content": base64.b64encode("\n".join(lines).encode()).decode(),
    }  # fmt: skip
    before = await contents(database)
    proposal = await lender.propose(file)
    assert await contents(database) == before
    assert proposal["problems"] == []
    assert proposal["figures"]["now"]["cases"] == 14
    assert proposal["figures"]["proposed"]["cases"] == 15
    (new,) = [c for c in proposal["changes"] if c["from_id"] is None]
    assert new["hypothetical"]
    assert new["customer"] == f"Nueva Cliente, {ref}"
    assert new["expected_minor"] == 70000
    told = await lender.get("/v1/scenarios")
    assert "content" not in told[0]["changes"][0]


async def test_what_cannot_be_asked_names_the_field(lender: Lender, database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await a_branch(session)
    for changes, more, field in (
        ([], {"branch_ids": [str(other)]}, "branch_ids"),
        ([{"kind": "close_branch", "branch_id": str(other)}], {}, "changes.0"),
        ([{"kind": "leave_out_agents", "agent_ids": [str(new_id())]}], {}, "changes.0"),
        ([{"kind": "split_in_two"}], {}, "changes.0"),
        ([], {"day": "2026-11-22"}, "day"),
    ):
        answer = await lender.ask(*changes, **more)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["field"].startswith(field)


async def test_a_change_that_meets_a_closed_branch_fails_the_scenario_with_a_sentence(
    lender: Lender,
) -> None:
    close = {"kind": "close_branch", "branch_id": str(lender.town)}
    done = await lender.solve(close, more_agents(lender))
    assert done["state"] == "failed"
    assert "not closed" in done["problem"]["detail"]
    alone = await lender.solve(close, branch_ids=[str(lender.town)])
    assert "another branch" in alone["problem"]["detail"]


async def test_who_sees_one_branch_sees_no_scenario_of_two(
    lender: Lender, database: Database
) -> None:
    proposal = await lender.propose(more_agents(lender))
    async with database.transaction(EVERYTHING) as session:
        local = await a_person(session, lender.town, Role.ALLOCATION_MANAGER)
        token = await a_token(session, local)
    path = f"/v1/assignment-proposals/{proposal['id']}"
    assert (await lender.client.get(path, headers=bearer(token))).status_code == 404
    done = await lender.client.get("/v1/scenarios", headers=bearer(token))
    assert done.json() == []


async def test_owners_found_by_others_become_a_proposal_with_figures(
    lender: Lender, database: Database
) -> None:
    proposal = await lender.propose()
    manager = UUID(proposal["made_by"])
    to = {lender.cases[n].case_id: lender.ben for n in (0, 1)}
    async with database.transaction(EVERYTHING) as session:
        id_ = await propose_owners(
            session, [lender.town], DAY, to, "city_run", "Tuesday night", lender.means.cities,
            manager, MONDAY_NINE,
        )  # fmt: skip
    found = await lender.get(f"/v1/assignment-proposals/{id_}")
    assert (found["origin"], found["name"]) == ("city_run", "Tuesday night")
    assert {c["case_id"] for c in found["changes"]} == {str(case) for case in to}
    figures = found["figures"]
    assert (figures["now"]["moved"], figures["proposed"]["moved"]) == (0, 2)
    assert figures["allocated"] is None


async def test_what_a_killed_worker_left_is_taken_up_and_solved_once(
    lender: Lender, database: Database
) -> None:
    asked = (await lender.ask(more_agents(lender))).json()
    path, id_ = f"/v1/scenarios/{asked['id']}", UUID(asked["id"])

    async def dies(problem: Problem, policy: Policy, handing_on: frozenset[UUID]) -> Assignment:
        raise BrokenProcessPool

    with pytest.raises(BrokenProcessPool):
        await run_scenario(replace(lender.means, assign=dies), id_, MONDAY_NINE)
    halfway = await lender.get(path)
    assert (halfway["state"], halfway["doing"]) == ("running", "Allocating as it is")
    assert 0 < halfway["share"] < 1
    for _ in range(2):
        await run_scenario(lender.means, id_, MONDAY_NINE)
    done = await lender.get(path)
    assert (done["state"], done["share"]) == ("done", 1)
    listed = await lender.get(f"/v1/assignment-proposals?branch_id={lender.town}")
    assert [p["id"] for p in listed["items"]] == [done["proposal_id"]]
    await give_up(database, id_, MONDAY_NINE)
    assert (await lender.get(path))["state"] == "done"


async def test_a_scenario_that_nobody_can_solve_says_so(lender: Lender, database: Database) -> None:
    asked = (await lender.ask()).json()
    await give_up(database, UUID(asked["id"]), MONDAY_NINE)
    told = await lender.get(f"/v1/scenarios/{asked['id']}")
    assert (told["state"], told["problem"]["title"]) == (
        "failed",
        "Something went wrong on our side",
    )
