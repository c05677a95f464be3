"""Proposals edited by hand, published while others work, and undone."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert

from allocation import store as allocation
from allocation.allocate import allocate
from allocation.owners.move import Order, Terms
from allocation.owners.move_cases import move_cases
from allocation.owners.store import add_pins
from allocation.proposals.edit import Wish, edit
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.allocation import ConflictOfInterest
from routing.travel.city import open_city
from tests.api.allocation.test_owners import owner
from tests.api.allocation.test_scenarios import Lender, lender, more_agents
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_case
from tests.routing.rounds.test_plan_rounds import DAY
from tests.streets.small_city import at, small_graph

__all__ = ["lender"]

SPREAD: dict[str, Any] = {"kind": "set_weights", "disturbance_min": 0}


async def call(
    lender: Lender, method: str, path: str, body: Any = None, seen: int | None = None
) -> httpx.Response:
    headers = bearer(lender.token) | ({"If-Match": f'"{seen}"'} if seen else {})
    answer: httpx.Response = await lender.client.request(
        method, f"/v1/assignment-proposals/{path}", json=body, headers=headers
    )
    return answer


async def give(
    lender: Lender, proposal: Any, case: str, to: UUID | None, seen: int | None = None
) -> httpx.Response:
    body = {"agent_id": to and str(to), "reason": "Ben knows the street"}
    return await call(lender, "PUT", f"{proposal['id']}/changes/{case}", body, seen)


async def publish(
    lender: Lender, proposal: Any, seen: int | None = None, **body: Any
) -> httpx.Response:
    return await call(lender, "POST", f"{proposal['id']}/publish", body, seen)


def left_alone(lender: Lender, proposal: Any) -> list[str]:
    named = {c["case_id"] for c in proposal["changes"]}
    return [str(c.case_id) for c in lender.cases if str(c.case_id) not in named]


async def owners(database: Database, lender: Lender) -> dict[str, UUID | None]:
    cases = [*lender.cases, *lender.port_cases]
    return {str(c.case_id): await owner(database, c.case_id) for c in cases}


async def test_an_edit_is_judged_and_figures_follow_at_once(lender: Lender) -> None:
    proposal = await lender.propose(SPREAD)
    before = proposal["figures"]["proposed"]
    case = left_alone(lender, proposal)[0]
    answer = await give(lender, proposal, case, lender.ben, seen=1)
    assert answer.status_code == 200, answer.text
    edited = answer.json()
    after = edited["figures"]["proposed"]
    assert (edited["revision"], answer.headers["etag"]) == (2, '"2"')
    assert after["moved"] == before["moved"] + 1
    assert after["travel_s"] != before["travel_s"]
    (change,) = [c for c in edited["changes"] if c["case_id"] == case]
    assert (change["from_name"], change["to_name"]) == ("Ana", "Ben")
    path = f"/v1/assignment-proposals/{proposal['id']}/edits"
    (kept,) = await lender.get(path)
    assert (kept["edited_by"], kept["was_id"], kept["now_id"]) == (
        "Mia Manager", str(lender.ana), str(lender.ben),
    )  # fmt: skip
    back = await call(lender, "DELETE", f"{proposal['id']}/changes/{case}", seen=2)
    assert back.json()["figures"]["proposed"] == before
    assert [e["revision"] for e in await lender.get(path)] == [3, 2]


async def test_with_all_changes_taken_back_the_figures_are_those_of_now(lender: Lender) -> None:
    proposal = await lender.propose(SPREAD)
    assert proposal["changes"]
    for change in proposal["changes"]:
        path = f"{proposal['id']}/changes/{change['case_id']}"
        proposal = (await call(lender, "DELETE", path)).json()
    assert proposal["changes"] == []
    assert proposal["figures"]["proposed"] == proposal["figures"]["now"]


async def test_an_edit_against_the_rules_is_refused_with_the_rule(
    lender: Lender, database: Database
) -> None:
    proposal = await lender.propose(more_agents(lender))
    case = left_alone(lender, proposal)[0]
    customer = next(c.customer_id for c in lender.cases if str(c.case_id) == case)
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(ConflictOfInterest).values(
                agent_id=lender.ben, customer_id=customer, branch_id=lender.town,
                reason="cousins", set_at=MONDAY_NINE, set_by=lender.ana,
            )
        )  # fmt: skip
    refused = await give(lender, proposal, case, lender.ben)
    assert refused.status_code == 409
    assert "conflict of interest" in refused.json()["detail"]
    unreal = next(c["to_id"] for c in proposal["changes"] if c["hypothetical"])
    refused = await give(lender, proposal, case, UUID(unreal))
    assert refused.json()["reason"] == "no_such_agent"


async def test_who_edits_what_somebody_else_edited_since_is_told(lender: Lender) -> None:
    proposal = await lender.propose(SPREAD)
    first, second = left_alone(lender, proposal)[:2]
    both = await asyncio.gather(
        give(lender, proposal, first, lender.ben, seen=1),
        give(lender, proposal, second, lender.ben, seen=1),
    )
    assert sorted(answer.status_code for answer in both) == [200, 409]
    refused = next(answer for answer in both if answer.status_code == 409)
    assert refused.json()["type"] == "/problems/proposal-changed-meanwhile"
    assert (refused.json()["revision"], refused.json()["yours"]) == (2, 1)
    assert "Load it again" in refused.json()["detail"]
    assert (await publish(lender, proposal, seen=1)).status_code == 409
    bad = await lender.client.put(
        f"/v1/assignment-proposals/{proposal['id']}/changes/{first}",
        json={"agent_id": None, "reason": "x"},
        headers=bearer(lender.token) | {"If-Match": "yesterday"},
    )
    assert bad.json()["errors"][0]["field"] == "If-Match"


async def test_what_exists_in_the_scenario_only_is_not_published_and_told(
    lender: Lender, database: Database
) -> None:
    proposal = await lender.propose(more_agents(lender), SPREAD)
    unreal = {c["case_id"] for c in proposal["changes"] if c["hypothetical"]}
    assert unreal
    done = await publish(lender, proposal)
    assert done.status_code == 200, done.text
    left_out = done.json()["left_out"]
    assert {no["case_id"] for no in left_out} == unreal
    assert {no["code"] for no in left_out} == {"hypothetical"}
    now = await owners(database, lender)
    assert all(now[case] in (lender.ana, lender.fay) for case in unreal)


async def test_undoing_gives_back_what_nobody_has_touched(
    lender: Lender, database: Database
) -> None:
    before = await owners(database, lender)
    proposal = await lender.propose(SPREAD)
    first, second, *_ = (UUID(c["case_id"]) for c in proposal["changes"])
    assert (await call(lender, "POST", f"{proposal['id']}/undo")).status_code == 409
    manager = UUID(proposal["made_by"])
    async with database.transaction(EVERYTHING) as session:
        # A pin to the former agent: publishing ends it, undoing brings it back.
        pin = [(second, lender.ana)]
        await add_pins(session, pin, "asked for her", None, manager, MONDAY_NINE.replace(hour=1))
    published = await publish(lender, proposal)
    assert published.status_code == 200, published.text
    assert await owners(database, lender) != before
    async with database.transaction(EVERYTHING) as session:
        order = [Order(first, None)]
        await move_cases(session, order, Terms("left"), manager, MONDAY_NINE)
    for kept in ([str(first)], []):
        answer = await call(lender, "POST", f"{proposal['id']}/undo")
        assert answer.status_code == 200, answer.text
        assert [k["case_id"] for k in answer.json()["kept"]] == kept
    assert answer.json()["proposal"]["state"] == "undone"
    after = await owners(database, lender)
    assert after == before | {str(first): None}
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT agent_id, pinned_by FROM case_pin WHERE case_id = :case AND ended_at IS NULL",
            case=second,
        )
    assert [(r.agent_id, r.pinned_by) for r in found] == [(lender.ana, manager)]
    assert (await publish(lender, proposal)).status_code == 409


async def test_of_two_proposals_that_overlap_one_is_published_whole(
    lender: Lender, database: Database
) -> None:
    one = await lender.propose(SPREAD)
    two = await lender.propose({"kind": "leave_out_agents", "agent_ids": [str(lender.ana)]})
    assert {c["case_id"] for c in one["changes"]} < {c["case_id"] for c in two["changes"]}
    answers = await asyncio.gather(publish(lender, one), publish(lender, two))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won, lost = (one, two) if answers[0].status_code == 200 else (two, one)
    now = await owners(database, lender)
    for change in won["changes"]:
        assert now[change["case_id"]] == UUID(change["to_id"])
    for change in lost["changes"]:
        if change["case_id"] not in {c["case_id"] for c in won["changes"]}:
            assert now[change["case_id"]] == UUID(change["from_id"])
    refused = next(a for a in answers if a.status_code == 409).json()
    named = {row["case_id"] for row in refused["rows"]}
    shared = {c["case_id"] for c in one["changes"]} & {c["case_id"] for c in two["changes"]}
    assert named == shared


async def test_publishing_waits_for_an_edit_and_refuses_what_its_manager_did_not_see(
    lender: Lender, database: Database
) -> None:
    proposal = await lender.propose(SPREAD)
    wish = Wish(UUID(left_alone(lender, proposal)[0]), lender.ben, "nearer")
    before = await owners(database, lender)
    async with database.transaction(EVERYTHING) as session:
        cities, by = lender.means.cities, UUID(proposal["made_by"])
        await edit(session, UUID(proposal["id"]), wish, 1, cities, by, MONDAY_NINE)
        publishing = asyncio.create_task(publish(lender, proposal, seen=1))
        await asyncio.sleep(0.5)
        assert not publishing.done()
    assert (await publishing).json()["type"] == "/problems/proposal-changed-meanwhile"
    assert await owners(database, lender) == before
    assert (await publish(lender, proposal, seen=2)).status_code == 200


async def test_publishing_waits_for_an_allocation_and_names_what_it_overtook(
    lender: Lender, database: Database
) -> None:
    proposal = await lender.propose({"kind": "leave_out_agents", "agent_ids": [str(lender.ana)]})
    async with database.transaction(EVERYTHING) as session:
        city = open_city(small_graph())
        await allocate(session, lender.town, DAY, city, MONDAY_NINE)
        publishing = asyncio.create_task(publish(lender, proposal))
        await asyncio.sleep(0.5)
        assert not publishing.done()
    answer = await publishing
    assert answer.json()["type"] == "/problems/proposal-overtaken"
    now = await owners(database, lender)
    overtaken = {row["case_id"] for row in answer.json()["rows"]}
    assert overtaken == {case for case, who in now.items() if who == lender.ben}
    # The allocation waits the other way round.
    async with database.transaction(EVERYTHING) as session:
        await allocation.lock_allocation(session, lender.town)
        publishing = asyncio.create_task(publish(lender, proposal, skip_overtaken=True))
        await asyncio.sleep(0.5)
        assert not publishing.done()
    done = (await publishing).json()
    assert {no["case_id"] for no in done["left_out"]} == overtaken


async def test_proposals_are_listed_with_their_state_and_figures(
    lender: Lender, database: Database
) -> None:
    kept = await lender.propose(SPREAD)
    gone = await lender.propose()
    assert (await call(lender, "POST", f"{gone['id']}/discard")).status_code == 200
    path = f"/v1/assignment-proposals?branch_id={lender.port}&limit=1"
    first = await lender.get(path)
    assert [(p["id"], p["state"]) for p in first["items"]] == [(gone["id"], "discarded")]
    rest = await lender.get(f"{path}&cursor={first['next_cursor']}")
    (summary,) = rest["items"]
    assert (summary["id"], summary["changes_count"]) == (kept["id"], len(kept["changes"]))
    assert summary["figures"] == kept["figures"]
    only = await lender.get(f"{path}&state=open")
    assert [p["id"] for p in only["items"]] == [kept["id"]]


async def test_a_case_that_came_since_can_be_added_to_a_proposal(
    lender: Lender, database: Database
) -> None:
    proposal = await lender.propose(SPREAD)
    async with database.transaction(EVERYTHING) as session:
        new = await a_case(session, lender.town, at=LatLon(*at(390, 290)))
        stranger = await a_case(session, lender.head, at=LatLon(*at(390, 290)))
    answer = await give(lender, proposal, str(new.case_id), lender.ben)
    (change,) = [c for c in answer.json()["changes"] if c["case_id"] == str(new.case_id)]
    assert (change["from_id"], change["to_name"]) == (None, "Ben")
    refused = await give(lender, proposal, str(stranger.case_id), lender.ben)
    assert refused.json()["reason"] == "other_branch"
    nobody = await give(lender, proposal, str(new_id()), lender.ben)
    assert nobody.json()["reason"] == "no_such_case"


@pytest.mark.parametrize("verb", ["publish", "undo", "discard"])
async def test_strangers_find_no_proposal(lender: Lender, verb: str) -> None:
    answer = await call(lender, "POST", f"{new_id()}/{verb}", {})
    assert answer.status_code == 404
