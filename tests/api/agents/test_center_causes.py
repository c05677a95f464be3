"""Why members of a center paid less than was due: said on the sheet, and worked on until closed."""

from typing import Any

import httpx
import pytest

from collection.field_notes.next_actions.watch_cases import watch_cases
from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.center_field import MONDAY, CenterField, a_center_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE

CAUSE = {"code": "income_late", "note": "Milk money comes on Friday"}


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> CenterField:
    return await a_center_field(database, client)


async def require_causes(field: CenterField) -> None:
    await field.do(
        "INSERT INTO policy (branch_id, key, value, set_at)"
        " VALUES (:b, 'receipt_cause', '\"required\"', :now)",
        b=field.branch, now=MONDAY,
    )  # fmt: skip


async def causes(field: CenterField) -> list[tuple[Any, ...]]:
    found = await field.ask(
        "SELECT id, cause_code, demanded_minor, paid_minor FROM root_cause WHERE branch_id = :b",
        b=field.branch,
    )
    return [tuple(r) for r in found]


async def test_a_short_member_brings_the_cause_and_it_is_worked_on_until_closed(
    field: CenterField,
) -> None:
    await require_causes(field)
    taken = await field.submit(field.body(field.paid(0), field.paid(1, 20_000, cause=CAUSE)))
    assert taken.status_code == 200, taken.text
    assert [r["asks_cause"] for r in taken.json()["receipts"]] == [False, False]
    [(cause_id, *told)] = await causes(field)
    assert told == ["income_late", 50_000, 20_000]
    for step in ("action", "close"):
        done = await field.client.post(
            f"/v1/root-causes/{cause_id}/{step}",
            json={"words": "Came back on Friday"}, headers=bearer(field.supervisor),
        )  # fmt: skip
        assert done.status_code == 204, done.text


async def test_where_causes_are_required_a_sheet_without_one_names_the_member(
    field: CenterField,
) -> None:
    await require_causes(field)
    refused = await field.submit(field.body(field.paid(0), field.paid(1, 20_000)))
    told = refused.json()
    assert (refused.status_code, told["type"]) == (422, "/problems/cause-missing")
    assert told["field"] == "members.1.receipts.0.cause"
    assert (await field.numbers(), await causes(field)) == ([], [])


async def test_a_sheet_that_was_filled_in_offline_is_kept_and_asks_for_what_is_missing(
    field: CenterField,
) -> None:
    await require_causes(field)
    unknown = CAUSE | {"code": "of_another_list"}
    members = [field.paid(0, 10_000), field.paid(1, 20_000, cause=unknown), field.paid(2)]
    item = {"id": str(new_id()), "kind": "center_meeting", "body": field.body(*members)}
    for outcome in ("applied", "duplicate"):
        answer = await field.client.post(
            "/v1/agent/sync", json={"items": [item]}, headers=bearer(field.token)
        )
        [told] = answer.json()["items"]
        assert (told["outcome"], told["status"]) == (outcome, 200), told
        asks = [r["asks_cause"] for r in told["answer"]["receipts"]]
        assert asks == [True, True, False]
    assert await causes(field) == []
    alerts = await field.ask("SELECT kind FROM alert WHERE agent_id = :a", a=field.agent)
    assert {r.kind for r in alerts} == {"root_cause_missing", "unpaid_members_unexplained"}


async def test_a_member_who_pays_nothing_is_asked_why(field: CenterField) -> None:
    await require_causes(field)
    members = [field.paid(0), field.paid(1), field.marked(2)]
    asking = field.body(*members) | {"asks_unpaid": True}
    refused = (await field.submit(asking)).json()
    assert refused["type"] == "/problems/cause-missing"
    assert refused["field"] == "members.2.cause"
    assert refused["causes"]
    unknown = CAUSE | {"code": "of_another_list"}
    wrong = field.body(*members[:2], members[2] | {"cause": unknown})
    assert (await field.submit(wrong)).json()["errors"][0]["field"] == "members.2.cause.code"
    assert (await field.numbers(), await causes(field)) == ([], [])
    nobody_paid = [m for m in asking["members"] if not m["receipts"]]
    for member in nobody_paid:
        member["cause"] = CAUSE
    taken = await field.submit(asking)
    assert taken.status_code == 200, taken.text
    told = [cause[1:] for cause in await causes(field)]
    assert told == [("income_late", 50_000, 0)] * len(nobody_paid)


async def test_the_sheet_of_an_older_app_is_kept_and_an_alert_asks(
    field: CenterField, database: Database
) -> None:
    await require_causes(field)
    taken = await field.submit(field.body(field.paid(0), field.paid(1), field.marked(2)))
    assert taken.status_code == 200, taken.text
    alerts = await field.ask("SELECT kind FROM alert WHERE agent_id = :a", a=field.agent)
    assert [r.kind for r in alerts] == ["unpaid_members_unexplained"]
    assert await causes(field) == []
    # It stays for somebody to act on, and names nobody: an erasure of a member finds nothing in it.
    async with database.transaction(EVERYTHING) as session:
        await watch_cases(session, MONDAY_NINE)
    [alert] = await field.ask(
        "SELECT * FROM alert WHERE agent_id = :a AND kind = 'unpaid_members_unexplained'",
        a=field.agent,
    )
    assert alert.cleared_at is None
    people = await field.ask("SELECT full_name FROM customer WHERE branch_id = :b", b=field.branch)
    assert people
    assert not any(one.full_name in f"{alert.title} {alert.detail}" for one in people)
