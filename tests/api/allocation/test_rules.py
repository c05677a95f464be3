"""Who may own which case, set by managers and kept to by the next allocation."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from allocation.allocate import allocate
from core.geometry import LatLon
from data.session import EVERYTHING, Database, rows
from identity.policies.set_policy import set_policy
from identity.principal import Role
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph

NOBODY = UUID(int=0)


@dataclass
class Office:
    """A head office, a branch of it, its manager's token, one agent, one case, and a stranger."""

    token: str
    stranger: str
    head: str
    branch: UUID
    code: str
    agent: UUID
    case: ACase


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session)
        head_code = await branch_code(session, head)
        branch = await a_branch(session, parent_code=head_code, location=HOME)
        manager = await a_person(session, head, Role.ALLOCATION_MANAGER)
        other = await a_person(session, await a_branch(session), Role.ALLOCATION_MANAGER)
        agent = await an_agent(session, branch, home=HOME, shift=SHIFT)
        case = await a_case(session, branch, at=LatLon(*at(100, 10)))
        return Office(
            await a_token(session, manager), await a_token(session, other), head_code, branch,
            await branch_code(session, branch), agent, case,
        )  # fmt: skip


async def put(
    client: httpx.AsyncClient, office: Office, path: str, body: dict[str, Any], status: int = 200
) -> Any:
    for _ in range(2):
        answer = await client.put(path, json=body, headers=bearer(office.token))
        assert answer.status_code == status, answer.text
    refused = await client.put(path, json=body, headers=bearer(office.stranger))
    assert refused.status_code == 404, "another branch's manager may not"
    return answer.json() if answer.content else None


async def why_nobody(database: Database, office: Office) -> str | None:
    """The reason of an allocation for the one case; None when the agent has it."""
    async with database.transaction(EVERYTHING) as session:
        await allocate(session, office.branch, DAY, open_city(small_graph()), MONDAY_NINE)
        found = await rows(
            session, "SELECT code FROM unallocated WHERE case_id = :c", c=office.case.case_id
        )
        owners = await rows(
            session,
            "SELECT 1 FROM assignment WHERE case_id = :c AND upper_inf(during)",
            c=office.case.case_id,
        )
    assert bool(found) != bool(owners), "an owner, or a reason"
    return found[0].code if found else None


async def test_a_skill_is_asked_and_had(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    case = f"/v1/cases/{office.case.case_id}"
    assert await why_nobody(database, office) is None
    told = await put(client, office, f"{case}/needs", {"needs": ["boat"]})
    assert told["needs"] == ["boat"]
    assert await why_nobody(database, office) == "no_agent_with_skill"
    agent = f"/v1/agents/{office.agent}"
    await put(client, office, f"{agent}/field-profile", {"skills": ["boat"], "languages": ["es"]})
    rules = {"gender": "male", "max_cases": 40}
    told = await put(client, office, f"{agent}/allocation-rules", rules)
    assert (told["max_cases"], told["skills"], told["languages"]) == (40, ["boat"], ["es"])
    assert await why_nobody(database, office) is None
    seen = await client.get(f"{case}/allocation-rules", headers=bearer(office.token))
    assert seen.json()["needs"] == ["boat"]


async def test_a_language_is_asked_of_agents_whose_languages_are_known_unless_the_branch_says_no(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        speaks = "UPDATE customer SET language = 'arn-CL' WHERE id = :customer RETURNING 1"
        await rows(session, speaks, customer=office.case.customer_id)
    agent = f"/v1/agents/{office.agent}/field-profile"
    await put(client, office, agent, {"languages": []})
    assert await why_nobody(database, office) is None, "nothing is known of the agent's languages"
    await put(client, office, agent, {"languages": ["es"]})
    assert await why_nobody(database, office) == "no_agent_with_language"
    await put(client, office, agent, {"languages": ["es", "ARN"]})
    assert await why_nobody(database, office) is None
    await put(client, office, agent, {"languages": ["es"]})
    async with database.transaction(EVERYTHING) as session:
        await set_policy(session, office.code, "allocation_language", False, None, MONDAY_NINE)
    assert await why_nobody(database, office) is None
    async with database.transaction(EVERYTHING) as session:
        await plan_rounds(session, DAY, open_city(small_graph()), solve_all, MONDAY_NINE)
        (round_,) = await rows(session, "SELECT skipped FROM round WHERE agent_id = :agent",
                               agent=office.agent)  # fmt: skip
    assert round_.skipped == [], "and rounds ask it no more"


async def test_a_customer_who_asks_for_a_woman_is_not_visited_by_a_man(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    path = f"/v1/customers/{office.case.customer_id}/agent-gender"
    await put(client, office, path, {"gender": "female"}, 204)
    assert await why_nobody(database, office) == "no_agent_of_gender"
    agent = f"/v1/agents/{office.agent}/allocation-rules"
    await put(client, office, agent, {"gender": "female"})
    assert await why_nobody(database, office) is None


async def test_a_certificate_counts_from_its_first_to_its_last_day(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    product = f"/v1/branches/{office.head}/product-certificates/PERSONAL"
    await put(client, office, product, {"certificates": ["dra"]})
    assert await why_nobody(database, office) == "no_agent_with_certificate"
    path = f"/v1/agents/{office.agent}/certificates/dra"
    for begin, end, expected in (
        ("2026-11-23", "2026-11-23", None),
        ("2026-11-24", None, "no_agent_with_certificate"),
        ("2026-01-01", "2026-11-22", "no_agent_with_certificate"),
        ("2026-01-01", None, None),
    ):
        told = await put(client, office, path, {"valid_from": begin, "valid_until": end})
        assert told["certificates"][0]["valid_from"] == begin
        assert await why_nobody(database, office) == expected
    wrong = {"valid_from": "2026-02-01", "valid_until": "2026-01-01"}
    answer = await client.put(path, json=wrong, headers=bearer(office.token))
    assert answer.status_code == 422
    assert (await client.delete(path, headers=bearer(office.token))).status_code == 204
    assert await why_nobody(database, office) == "no_agent_with_certificate"


async def test_the_branchs_own_word_on_a_product_holds_before_the_one_above(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    path = "/v1/branches/{}/product-certificates/PERSONAL"
    await put(client, office, path.format(office.head), {"certificates": ["dra"]})
    await put(client, office, path.format(office.code), {"certificates": []})
    assert await why_nobody(database, office) is None
    listed = await client.get(
        f"/v1/branches/{office.head}/product-certificates", headers=bearer(office.token)
    )
    assert listed.json() == [{"product_code": "PERSONAL", "certificates": ["dra"]}]


async def test_an_agent_with_a_conflict_of_interest_loses_the_case(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    assert await why_nobody(database, office) is None
    path = f"/v1/agents/{office.agent}/conflicts/{office.case.customer_id}"
    told = await put(client, office, path, {"reason": "a cousin"})
    assert told["conflicts"][0]["reason"] == "a cousin"
    assert await why_nobody(database, office) == "conflict_of_interest"
    assert (await client.delete(path, headers=bearer(office.token))).status_code == 204
    assert await why_nobody(database, office) is None


async def test_tags_keep_a_case_from_those_who_exclude_them_or_from_everybody_until_a_day(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    agent = f"/v1/agents/{office.agent}/allocation-rules"
    await put(client, office, agent, {"excluded_tags": ["dog"]})
    dog = f"/v1/cases/{office.case.case_id}/tags/dog"
    await put(client, office, dog, {"reason": "bites"})
    assert await why_nobody(database, office) == "tag_excluded"
    assert (await client.delete(dog, headers=bearer(office.token))).status_code == 204
    court = f"/v1/cases/{office.case.case_id}/tags/court"
    barred = {"reason": "hearing on Friday", "bars_everybody": True, "until": "2026-11-23"}
    await put(client, office, court, barred)
    assert await why_nobody(database, office) == "barred"
    await put(client, office, court, barred | {"until": "2026-11-22"})
    assert await why_nobody(database, office) is None


async def test_cash_above_the_agents_limit_keeps_the_case_away(
    database: Database, office: Office
) -> None:
    async with database.transaction(EVERYTHING) as session:
        limit = "UPDATE till SET limit_minor = :limit WHERE agent_id = :agent RETURNING 1"
        await rows(session, limit, limit=49_999, agent=office.agent)
    assert await why_nobody(database, office) == "above_cash_limits"
    async with database.transaction(EVERYTHING) as session:
        await rows(session, limit, limit=50_000, agent=office.agent)
    assert await why_nobody(database, office) is None


async def test_a_center_is_made_split_and_joined(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        second = await a_case(session, office.branch, at=LatLon(*at(300, 210)))
        refs = await rows(
            session,
            "SELECT source_ref FROM customer WHERE id = ANY (CAST(:ids AS uuid[]))",
            ids=[str(office.case.customer_id), str(second.customer_id)],
        )
        await an_agent(session, office.branch, home=LatLon(*at(300, 210)), shift=SHIFT)
    base = f"/v1/branches/{office.code}/centers/M-1"
    wrong = {"name": "Market", "customers": ["NOBODY"]}
    answer = await client.put(base, json=wrong, headers=bearer(office.token))
    assert "NOBODY" in answer.json()["errors"][0]["expected"]
    await put(client, office, base, wrong | {"customers": [r.source_ref for r in refs]}, 204)

    async def owners() -> set[UUID]:
        async with database.transaction(EVERYTHING) as session:
            city = open_city(small_graph())
            await allocate(session, office.branch, DAY, city, MONDAY_NINE)
            found = await rows(
                session,
                "SELECT agent_id FROM assignment WHERE branch_id = :b AND upper_inf(during)",
                b=office.branch,
            )
        assert len(found) == 2
        return {r.agent_id for r in found}

    assert len(await owners()) == 1
    await put(client, office, f"{base}/split", {"reason": "the street is closed"}, 204)
    (told,) = (
        await client.get(f"/v1/branches/{office.code}/centers", headers=bearer(office.token))
    ).json()
    assert (told["members"], told["split_reason"]) == (2, "the street is closed")
    none = f"/v1/branches/{office.code}/centers/NONE/split"
    await put(client, office, none, {"reason": "the street is closed"}, 404)
    gone = await client.delete(f"{base}/split", headers=bearer(office.token))
    assert gone.status_code == 204
    assert len(await owners()) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/v1/agents/{NOBODY}/allocation-rules", {}),
        (f"/v1/agents/{NOBODY}/certificates/dra", {"valid_from": "2026-01-01"}),
        (f"/v1/customers/{NOBODY}/agent-gender", {"gender": None}),
        (f"/v1/cases/{NOBODY}/tags/dog", {"reason": "bites"}),
        ("/v1/branches/NOWHERE/product-certificates/X", {"certificates": []}),
    ],
)
async def test_what_is_not_there_is_not_found(
    client: httpx.AsyncClient, office: Office, path: str, body: dict[str, Any]
) -> None:
    answer = await client.put(path, json=body, headers=bearer(office.token))
    assert answer.status_code == 404
