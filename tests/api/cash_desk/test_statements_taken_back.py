"""Statement files that are taken back, over HTTP on a real database."""

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, DatabaseError, rows
from identity.policies import store as policies
from tests.api.bank_field import Bank, Booked, a_bank
from tests.api.cash_field import Field, a_field
from tests.conftest import MONDAY_NINE


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


@pytest.fixture
async def bank(field: Field) -> Bank:
    return await a_bank(field)


async def test_a_file_taken_in_by_mistake_is_taken_back_and_may_come_again(bank: Bank) -> None:
    deposit = await bank.deposit(50_000, "100412")
    await bank.take_in(Booked(50_000, "SLIP100412"), Booked(7_000))
    [file] = (await bank.ask("GET", "statement-files")).json()["items"]
    answer = await _take_back(bank, file["id"])
    assert answer.status_code == 204, answer.text
    assert (await bank.in_ledger("bank"), await bank.in_ledger("in_transit")) == (0, 50_000)
    found = await bank.open()
    assert (found["lines"], [claim["id"] for claim in found["claims"]]) == ([], [deposit])
    [undone] = await bank.matches("undone")
    assert (undone["undone_because"], len(undone["lines"])) == ("the wrong day", 1)
    [file] = (await bank.ask("GET", "statement-files")).json()["items"]
    assert (file["state"], file["taken_back_because"]) == ("taken_back", "the wrong day")
    report = await bank.take_in(Booked(50_000, "SLIP100412"), Booked(7_000))
    assert (report["matched"], report["statements"][0]["lines_added"]) == (1, 2)
    assert await bank.in_ledger("bank") == 50_000
    again = await _take_back(bank, file["id"])
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-taken-in")


async def test_a_file_taken_back_leaves_money_as_undoing_match_by_match_does(bank: Bank) -> None:
    async with bank.field.database.transaction(EVERYTHING) as session:
        await policies.put(
            session, bank.field.branch, "limit_refresh_on", "reconciled", None, MONDAY_NINE
        )
    for minor, slip in ((50_000, "100412"), (20_000, "100499"), (30_000, "100777")):
        await bank.deposit(minor, slip)
    paid = await bank.field.pay(40_000, mode="transfer", mode_reference="633512345678")
    assert paid.status_code == 200, paid.text
    before = await _whereabouts(bank)
    lines = (
        Booked(50_000, "SLIP100412"), Booked(20_000, "100499"), Booked(30_000, "100777"),
        Booked(40_000, "633512345678"),
    )  # fmt: skip
    assert (await bank.take_in(*lines))["matched"] == 4
    matched = await _whereabouts(bank)
    assert matched != before
    for one in await bank.matches("matched"):
        undone = await bank.ask("POST", f"matches/{one['id']}/undo", json={"because": "no"})
        assert undone.is_success, undone.text
    one_by_one = await _whereabouts(bank)
    [file] = (await bank.ask("GET", "statement-files")).json()["items"]
    assert (await _take_back(bank, file["id"])).status_code == 204
    assert one_by_one == await _whereabouts(bank) == before
    assert (await bank.take_in(*lines))["matched"] == 4
    assert await _whereabouts(bank) == matched
    file = next(
        one for one in (await bank.ask("GET", "statement-files")).json()["items"]
        if one["state"] == "done"
    )  # fmt: skip
    assert (await _take_back(bank, file["id"])).status_code == 204
    assert await _whereabouts(bank) == before
    undone = await bank.matches("undone")
    assert len(undone) == 8
    [mirrors] = await bank.field.ask(
        "SELECT count(*) FROM journal_entry WHERE kind = 'reconciliation_reversal'"
        " AND branch_id = :branch", branch=bank.field.branch
    )  # fmt: skip
    assert mirrors[0] == 8


async def _whereabouts(bank: Bank) -> list[tuple[object, ...]]:
    """Where all money is: each ledger account's balance, the till, and what is proven."""
    found = await bank.field.ask(
        "SELECT ledger_account AS what, owner_id::text, sum(amount_minor)::bigint AS minor,"
        " 0::bigint AS pending FROM posting WHERE branch_id = :branch"
        " GROUP BY 1, 2 HAVING sum(amount_minor) <> 0"
        " UNION ALL SELECT 'till', agent_id::text, in_transit_minor, pending_minor FROM till"
        " WHERE branch_id = :branch"
        " UNION ALL SELECT 'proven', id::text, proven_minor, 0 FROM deposit"
        " WHERE branch_id = :branch ORDER BY 1, 2",
        branch=bank.field.branch,
    )
    return [tuple(r) for r in found]


async def test_a_file_that_people_have_built_on_is_not_taken_back(bank: Bank) -> None:
    await bank.take_in(Booked(7_000), Booked(9_000))
    await bank.take_in(Booked(7_000), Booked(9_000), Booked(3_000, day=1), note="WEEK")
    line = next(one for one in (await bank.open())["lines"] if one["amount_minor"] == 7_000)
    mark = {"kind": "other", "reason": "no idea"}
    assert (await bank.ask("PUT", f"statement-lines/{line['id']}/mark", json=mark)).is_success
    later, first = (await bank.ask("GET", "statement-files")).json()["items"]
    answer = await _take_back(bank, first["id"])
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/built-upon")
    aside, told = answer.json()["in_the_way"]
    assert aside.replace("\N{NO-BREAK SPACE}", " ").startswith("CLP 7,000 of 2026-11-23 was set")
    assert told == "“statement.sta” tells days of it, too"
    assert "2 things stand in the way: CLP" in answer.json()["detail"]
    assert (await _take_back(bank, first["id"], " ")).status_code == 422
    assert len((await bank.open())["lines"]) == 2
    # The later one first, then what was set aside.
    assert (await _take_back(bank, later["id"])).status_code == 204
    opened = await bank.ask(
        "POST", f"statement-lines/{line['id']}/unmark", json={"because": "by mistake"}
    )
    assert opened.is_success
    assert (await _take_back(bank, first["id"])).status_code == 204
    assert (await bank.open())["lines"] == []
    gone = await bank.ask("PUT", f"statement-lines/{line['id']}/mark", json=mark)
    assert gone.status_code == 404


async def test_what_was_taken_back_is_never_set_aside(bank: Bank, database: Database) -> None:
    await bank.take_in(Booked(7_000))
    [line] = (await bank.open())["lines"]
    [file] = (await bank.ask("GET", "statement-files")).json()["items"]
    assert (await _take_back(bank, file["id"])).status_code == 204
    with pytest.raises(DatabaseError, match="taken_back"):
        async with database.transaction(EVERYTHING) as session:
            await rows(
                session,
                "INSERT INTO line_mark (id, branch_id, line_id, kind, reason, made_at, made_by)"
                " SELECT :id, branch_id, id, 'other', 'x', now(), (SELECT id FROM staff LIMIT 1)"
                " FROM statement_line WHERE id = :line RETURNING 1",
                id=new_id(),
                line=line["id"],
            )


async def _take_back(bank: Bank, file_id: str, because: str = "the wrong day") -> httpx.Response:
    answer: httpx.Response = await bank.ask(
        "POST", f"statement-files/{file_id}/take-back", json={"because": because}
    )
    return answer
