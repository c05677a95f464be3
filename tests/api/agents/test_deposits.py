"""Handing cash over, and counting it, over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from collection.custody.deposits.deposit import Refresh, Target, frees_at_once
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database
from identity.policies import store as policies
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, an_agent


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def acknowledge(field: Field, deposit_id: str, token: str | None = None) -> httpx.Response:
    return await field.client.post(
        f"/v1/deposits/{deposit_id}/acknowledge", headers=bearer(token or field.desk)
    )


async def balance(field: Field, account: str) -> int:
    [row] = await field.ask(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting"
        " WHERE ledger_account = :account AND branch_id = :branch",
        account=account,
        branch=field.branch,
    )
    return int(row[0])


async def test_a_part_handed_over_leaves_the_exact_remainder_and_room_at_once(
    field: Field,
) -> None:
    await field.pay(450_500)
    answer = await field.deposit(400_000)
    assert answer.status_code == 200, answer.text
    assert answer.json()["left_in_hand"] == {"amount_minor": 50_500, "currency": "CLP"}
    assert answer.json()["denominations"] == [{"face_minor": 1000, "count": 400}]
    till = await field.till()
    assert (till["in_hand"], till["headroom"]) == (50_500, 449_500)
    assert await field.cash_in_ledger() == 50_500
    assert await balance(field, "in_transit") == 400_000
    assert [part["amount"]["amount_minor"] for part in answer.json()["covers"]] == [400_000]


async def test_what_is_on_its_way_above_the_cap_frees_the_limit_once_it_is_counted(
    field: Field,
) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await policies.put(session, field.branch, "in_transit_cap_pct", 50, None, MONDAY_NINE)
    await field.pay(450_000)
    assert (await field.deposit(200_000)).status_code == 200
    assert (await field.till())["headroom"] == 250_000  # within the cap of 250,000: at once
    above = (await field.deposit(100_000)).json()
    till = await field.till()
    assert (till["in_hand"], till["headroom"]) == (150_000, 250_000)  # it would be 300,000
    assert (await field.pay(260_000)).status_code == 409
    assert (await acknowledge(field, above["id"])).status_code == 200
    assert (await field.till())["headroom"] == 350_000


@pytest.mark.parametrize(
    ("refresh", "target", "in_transit", "at_once"),
    [
        (Refresh.POSTED, Target.BRANCH, 0, True), (Refresh.POSTED, Target.BANK, 0, True),
        (Refresh.ACKNOWLEDGED, Target.BRANCH, 0, False),
        (Refresh.ACKNOWLEDGED, Target.BANK, 0, True),
        (Refresh.RECONCILED, Target.BRANCH, 0, False), (Refresh.RECONCILED, Target.BANK, 0, False),
        (Refresh.POSTED, Target.BANK, 60, True), (Refresh.POSTED, Target.BANK, 61, False),
        (Refresh.ACKNOWLEDGED, Target.BANK, 61, False),
    ],
)  # fmt: skip
def test_when_a_deposit_of_40_gives_its_room_back_under_a_cap_of_100(
    refresh: Refresh, target: Target, in_transit: int, *, at_once: bool
) -> None:
    amounts = (Money(40, "CLP"), Money(in_transit, "CLP"), Money(100, "CLP"))
    assert frees_at_once(refresh, target, *amounts) is at_once


async def test_the_same_deposit_again_gets_the_same_answer(field: Field) -> None:
    await field.pay(100_000)
    id_ = new_id()
    answers = await asyncio.gather(*(field.deposit(60_000, id_) for _ in range(5)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert (await field.till())["in_hand"] == 40_000
    assert (await field.deposit(30_000, id_)).status_code == 409


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"denominations": [{"face_minor": 10_000, "count": 1}]}, 422, '"denominations"'),
        ({"denominations": [{"face_minor": 3_000, "count": 7}]}, 422, "denominations.0.face"),
        ({"denominations": [{"face_minor": 1_000, "count": -1}]}, 422, "denominations.0.count"),
        ({"target": "bank"}, 422, "slip_no"),
        ({"target": "pocket"}, 422, "target"),
        ({"amount": {"amount_minor": 21_000, "currency": "USD"}}, 422, "amount.currency"),
        ({"deposited_at": "2027-01-01T00:00:00Z"}, 422, "deposited_at"),
    ],
)
async def test_a_wrong_deposit_is_refused_by_field(
    field: Field, changed: dict[str, Any], status: int, named: str
) -> None:
    await field.pay(50_000)
    answer = await field.deposit(21_000, **changed)
    assert answer.status_code == status, answer.text
    assert named in answer.text
    assert (await field.till())["in_hand"] == 50_000


async def test_more_than_is_in_hand_cannot_be_handed_over(field: Field) -> None:
    await field.pay(20_000)
    answer = await field.deposit(21_000)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/more-than-in-hand"
    assert "CLP\N{NO-BREAK SPACE}20,000" in answer.json()["detail"]
    assert await balance(field, "in_transit") == 0


async def test_the_cash_desk_counts_a_deposit_into_the_vault(field: Field) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000)).json()
    first = await acknowledge(field, deposit["id"])
    assert first.status_code == 200, first.text
    assert await balance(field, "branch_vault") == 70_000
    assert await balance(field, "in_transit") == 0
    assert (await acknowledge(field, deposit["id"])).json() == first.json()
    assert await balance(field, "branch_vault") == 70_000
    async with field.database.transaction(EVERYTHING) as session:
        colleague = await a_token(session, await a_person(session, field.branch, Role.CASH_DESK))
    second = await acknowledge(field, deposit["id"], colleague)
    assert second.status_code == 409
    assert second.json()["type"] == "/problems/already-acknowledged"


async def test_ten_clerks_at_once_acknowledge_it_once(field: Field) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000)).json()
    answers = await asyncio.gather(*(acknowledge(field, deposit["id"]) for _ in range(10)))
    assert {a.status_code for a in answers} == {200}
    assert await balance(field, "branch_vault") == 70_000


async def test_the_bank_proves_its_deposits_itself(field: Field) -> None:
    await field.pay(80_000)
    answer = await field.deposit(70_000, target="bank", slip_no="S-1")
    assert answer.status_code == 200
    refused = await acknowledge(field, answer.json()["id"])
    assert refused.json()["type"] == "/problems/proven-by-the-bank"
    assert await balance(field, "in_transit") == 70_000


async def test_a_deposit_of_another_branch_is_not_found(field: Field, database: Database) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000)).json()
    async with database.transaction(EVERYTHING) as session:
        stranger = await a_person(session, await a_branch(session), Role.CASH_DESK)
        token = await a_token(session, stranger)
    assert (await acknowledge(field, deposit["id"], token)).status_code == 404


async def test_an_agent_without_a_till_is_told_so(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, field.branch, cash_limit_minor=None)
        token = await a_token(session, agent)
    answer = await field.client.get("/v1/agent/till", headers=bearer(token))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/no-till"


async def test_a_count_that_differs_has_an_owner_and_false_notes_are_kept(field: Field) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000)).json()
    count = {
        "denominations": [{"face_minor": 1000, "count": 55}],
        "counterfeit_notes": [{"face_minor": 10_000, "serial": "AB 123"}],
    }
    for _ in range(2):  # the same again is the same
        answer = await field.client.post(
            f"/v1/deposits/{deposit['id']}/acknowledge", json=count, headers=bearer(field.desk)
        )
        assert answer.status_code == 200, answer.text
    assert await balance(field, "branch_vault") == 55_000
    assert await balance(field, "agent_shortage") == 15_000
    assert (await field.till())["in_transit"] == 0
    listed = await field.client.get("/v1/cash-differences?open=true", headers=bearer(field.desk))
    found = {line["cause"]: line for line in listed.json()["items"]}
    assert found["count"]["amount"]["amount_minor"] == 5_000
    assert found["counterfeit"]["amount"]["amount_minor"] == 10_000
    assert {line["owner_id"] for line in found.values()} == {str(field.agent)}
    for line, how, status in (
        (found["count"], "returned", 422), (found["count"], "written_off", 409),
        (found["count"], "paid", 200), (found["count"], "paid", 409),
    ):  # fmt: skip
        settled = await field.client.post(
            f"/v1/cash-differences/{line['id']}/settle",
            json={"how": how}, headers=bearer(field.desk),
        )  # fmt: skip
        assert settled.status_code == status, settled.text
    assert await balance(field, "branch_vault") == 60_000
    assert await balance(field, "agent_shortage") == 10_000


async def test_many_deposits_are_acknowledged_at_once_and_each_stands_for_itself(
    field: Field,
) -> None:
    await field.pay(80_000)
    ids = [(await field.deposit(20_000)).json()["id"] for _ in range(3)]
    at_bank = (await field.deposit(20_000, target="bank", slip_no="S-1")).json()["id"]
    short = {"id": ids[1], "count": {"denominations": [{"face_minor": 1000, "count": 19}]}}
    body = {"deposits": [{"id": ids[0]}, short, {"id": ids[2]}, {"id": at_bank}]}
    for _ in range(2):
        answer = await field.client.post(
            "/v1/deposits/acknowledge", json=body, headers=bearer(field.desk)
        )
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        assert [item["id"] for item in items] == [*ids, at_bank]
        assert [item["acknowledged_at"] is not None for item in items] == [True, True, True, False]
        assert items[3]["problem"]["type"] == "/problems/proven-by-the-bank"
    assert await balance(field, "branch_vault") == 59_000


async def test_a_deposit_that_never_came_is_sent_back_to_the_agents_hands(field: Field) -> None:
    await field.pay(80_000)
    deposit = (await field.deposit(70_000, target="bank", slip_no="S-1")).json()
    path = f"/v1/deposits/{deposit['id']}/reject"
    answer = await field.client.post(path, json={"reason": "No slip"}, headers=bearer(field.desk))
    assert answer.status_code == 200, answer.text
    again = await field.client.post(path, json={"reason": "No slip"}, headers=bearer(field.desk))
    assert again.json() == answer.json()
    till = await field.till()
    assert (till["in_hand"], till["in_transit"]) == (80_000, 0)
    assert await balance(field, "in_transit") == 0
    second = await field.deposit(80_000)
    assert second.json()["left_in_hand"]["amount_minor"] == 0
    rejected = await field.client.get("/v1/deposits?state=rejected", headers=bearer(field.desk))
    assert [d["rejected_because"] for d in rejected.json()["items"]] == ["No slip"]


async def test_a_limit_below_what_is_in_hand_takes_no_more_and_loses_nothing(
    field: Field,
) -> None:
    await field.pay(80_000)
    async with field.database.transaction(EVERYTHING) as session:
        boss = await a_token(session, await a_person(session, field.branch, Role.SUPERVISOR))
    for minor, headroom in ((90_000, 10_000), (50_000, 0), (0, 0)):
        answer = await field.client.put(
            f"/v1/tills/{field.agent}/limit",
            json={"amount_minor": minor, "currency": "CLP"},
            headers=bearer(boss),
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["headroom"]["amount_minor"] == headroom
        assert (await field.pay(10_001)).json()["type"] == "/problems/over-cash-limit"
    assert (await field.till())["in_hand"] == 80_000


async def test_two_people_raise_a_limit(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        first, second = [
            await a_token(session, await a_person(session, field.branch, Role.SUPERVISOR))
            for _ in range(2)
        ]
    higher = {"amount_minor": 900_000, "currency": "CLP"}
    till = f"/v1/tills/{field.agent}"
    alone = await field.client.put(f"{till}/limit", json=higher, headers=bearer(first))
    assert alone.json()["type"] == "/problems/raised-by-two"
    why = higher | {"reason": "Market week"}

    async def propose(headers: dict[str, str], **wanted: Any) -> httpx.Response:
        return await field.client.post(f"{till}/limit-changes", json=why | wanted, headers=headers)

    lower = await propose(bearer(first), amount_minor=10)
    assert lower.json()["errors"][0]["field"] == "amount_minor"
    overtaken = (await propose(bearer(second), amount_minor=800_000)).json()["id"]
    change = (await propose(bearer(first))).json()["id"]
    listed = await field.client.get("/v1/cash-limits", headers=bearer(second))
    [line] = [each for each in listed.json()["items"] if each["agent_id"] == str(field.agent)]
    assert (line["proposed"]["id"], line["proposed"]["reason"]) == (change, "Market week")
    assert line["proposed"]["limit"]["amount_minor"] == 900_000

    async def decide(id_: str, how: str, token: str) -> httpx.Response:
        return await field.client.post(f"/v1/limit-changes/{id_}/{how}", headers=bearer(token))

    assert (await decide(change, "accept", first)).json()["type"] == "/problems/own-limit-change"
    gone = await decide(overtaken, "accept", first)
    assert gone.json()["detail"] == "It was overtaken by another one; propose another change"
    for _ in range(2):
        assert (await decide(change, "accept", second)).status_code == 204
    assert (await decide(change, "reject", first)).json()["decision"] == "accepted"
    assert (await field.till())["limit"] == 900_000
    none = await decide(str(new_id()), "accept", second)
    assert none.json()["type"] == "/problems/limit-change-not-found"


async def test_a_deposit_covers_the_receipts_it_names_and_then_the_oldest(field: Field) -> None:
    first, second, third = [(await field.pay(10_000)).json()["id"] for _ in range(3)]
    answer = await field.deposit(15_000, receipt_ids=[third])
    covers = {p["receipt_id"]: p["amount"]["amount_minor"] for p in answer.json()["covers"]}
    assert covers == {third: 10_000, first: 5_000}
    rest = await field.deposit(15_000)
    covers = {p["receipt_id"]: p["amount"]["amount_minor"] for p in rest.json()["covers"]}
    assert covers == {first: 5_000, second: 10_000}
