"""Statements in, deposits proven, doubts left to people, over HTTP on a real database."""

import io
import json

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database, DatabaseError, Scope, rows
from identity.principal import Role
from tests.api.bank_field import Bank, Booked, a_bank, mt940
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token, branch_code


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


@pytest.fixture
async def bank(field: Field) -> Bank:
    return await a_bank(field)


async def test_a_deposit_that_the_bank_shows_is_proven_and_moves_in_the_ledger(bank: Bank) -> None:
    deposit = await bank.deposit(50_000, "100412")
    report = await bank.take_in(Booked(50_000, "SLIP100412"))
    assert (report["matched"], report["proposed"]) == (1, 0)
    [match] = await bank.matches("matched")
    assert (match["tier"], match["is_automatic"], match["score"]) == ("T1", True, 0.99)
    assert match["reasons"] == ["The reference is equal", "The amount is equal"]
    assert [claim["id"] for claim in match["claims"]] == [deposit]
    assert (await bank.in_ledger("bank"), await bank.in_ledger("in_transit")) == (50_000, 0)
    found = await bank.open()
    assert (found["lines"], found["claims"]) == ([], [])


async def test_the_same_file_twice_changes_nothing(bank: Bank) -> None:
    content = mt940(Booked(50_000, "SLIP100412"), number=bank.number)
    first = (await bank.send(content)).json()
    again = (await bank.send(content, name="renamed.sta")).json()
    assert again == first
    assert len((await bank.open())["lines"]) == 1


async def test_two_equal_deposits_on_a_day_both_survive_and_are_not_told_apart(bank: Bank) -> None:
    await bank.deposit(50_000, "100412")
    await bank.deposit(50_000, "100413")
    report = await bank.take_in(Booked(50_000), Booked(50_000))
    assert (report["matched"], report["proposed"], report["choices"]) == (0, 0, 2)
    assert len((await bank.open())["lines"]) == 2
    options = await bank.matches()
    assert sorted(option["rank"] for option in options) == [1, 1, 2, 2]
    assert all("Others fit as well" in option["reasons"] for option in options)


async def test_days_that_come_again_in_another_file_are_not_doubled(bank: Bank) -> None:
    monday = (Booked(10_000), Booked(10_000))
    await bank.take_in(*monday)
    report = await bank.take_in(*monday, Booked(7_000, day=1), note="WEEK")
    [statement] = report["statements"]
    assert (statement["lines_read"], statement["lines_added"]) == (3, 1)
    assert len((await bank.open())["lines"]) == 3


async def test_a_file_that_goes_on_within_a_day_adds_its_equal_lines(bank: Bank) -> None:
    await bank.take_in(Booked(10_000))
    later = await bank.take_in(Booked(10_000), opening=10_000, note="LATER")
    assert later["statements"][0]["lines_added"] == 1
    again = await bank.take_in(Booked(10_000), opening=10_000, note="AGAIN")
    assert again["statements"][0]["lines_added"] == 0
    assert len((await bank.open())["lines"]) == 2


async def test_known_days_with_other_lines_are_refused(bank: Bank) -> None:
    await bank.take_in(Booked(10_000, text="CASH"))
    answer = await bank.send(mt940(Booked(10_000, text="cash deposit"), number=bank.number))
    assert answer.status_code == 422
    assert answer.json()["title"] == "Other lines of these days are known already"
    assert len((await bank.open())["lines"]) == 1


async def test_a_statement_that_leaves_a_gap_says_so(bank: Bank) -> None:
    await bank.take_in(Booked(10_000))
    report = await bank.take_in(Booked(5_000, day=3), opening=99_000)
    assert report["statements"][0]["gap_before"]
    report = await bank.take_in(Booked(5_000, day=4), opening=104_000)
    assert not report["statements"][0]["gap_before"]


async def test_what_cannot_be_trusted_is_refused_whole(bank: Bank) -> None:
    for content, title in (
        (mt940(Booked(1), number=bank.number, lost=5), "Opening balance and lines do not make"),
        (mt940(Booked(1), number="999"), "This is the statement of an account that is not known"),
        (b"Date,Amount\n", "The statement file cannot be read"),
        (b"<Document/>", "The statement file cannot be read"),
    ):
        answer = await bank.send(content)
        assert answer.status_code == 422
        assert answer.json()["title"].startswith(title)
    assert (await bank.ask("GET", "statement-files")).json()["items"] == []


async def test_what_a_refusal_names_is_the_line_and_the_field(bank: Bank) -> None:
    wrong = mt940(Booked(1), number=bank.number).replace(b":61:26", b":61:XX")
    [problem] = (await bank.send(wrong)).json()["problems"]
    assert (problem["at"], problem["field"]) == ("line 5", ":61:")


async def test_a_proposal_is_confirmed_by_a_person_and_undone_with_a_reason(bank: Bank) -> None:
    deposit = await bank.deposit(50_000, "100412")
    await bank.take_in(Booked(50_000))
    [proposal] = await bank.matches()
    assert (proposal["tier"], proposal["state"]) == ("T3", "proposed")
    assert "Nothing else of this amount is open in these days" in proposal["reasons"]
    assert await bank.in_ledger("bank") == 0
    for _ in range(2):
        done = await bank.ask("POST", f"matches/{proposal['id']}/confirm", json={"note": "seen"})
        assert done.status_code == 204, done.text
    assert await bank.in_ledger("bank") == 50_000
    empty = await bank.ask("POST", f"matches/{proposal['id']}/undo", json={"because": " "})
    assert empty.status_code == 422
    undone = await bank.ask("POST", f"matches/{proposal['id']}/undo", json={"because": "Not his"})
    assert undone.status_code == 204
    assert (await bank.in_ledger("bank"), await bank.in_ledger("in_transit")) == (0, 50_000)
    again = await bank.ask("POST", f"matches/{proposal['id']}/undo", json={"because": "Not his"})
    assert again.status_code == 409
    [told] = (await bank.ask("GET", f"claims/{deposit}/matches")).json()["items"]
    assert (told["undone_because"], told["note"]) == ("Not his", "seen")
    figures = (await bank.ask("POST", f"bank-accounts/{bank.id}/match")).json()
    assert figures["proposed"] == 1
    assert (await bank.matches())[0]["id"] != proposal["id"]


async def test_what_the_bank_takes_back_reopens_the_deposit_and_the_second_credit_proves_it(
    bank: Bank,
) -> None:
    deposit = await bank.deposit(50_000, "100412")
    await bank.take_in(Booked(50_000, "100412"))
    report = await bank.take_in(
        Booked(50_000, "100412", "REVERSAL", day=1, mark="RC"), opening=50_000
    )
    assert report["reopened"] == 1
    assert [claim["id"] for claim in (await bank.open())["claims"]] == [deposit]
    assert (await bank.in_ledger("bank"), await bank.in_ledger("in_transit")) == (0, 50_000)
    await bank.take_in(Booked(50_000, "100412", "CREDIT AGAIN", day=2))
    states = [
        m["state"] for m in (await bank.ask("GET", f"claims/{deposit}/matches")).json()["items"]
    ]
    assert sorted(states) == ["matched", "undone"]
    assert await bank.in_ledger("bank") == 50_000


async def test_lines_are_matched_by_hand_and_a_charge_is_told(bank: Bank) -> None:
    one, other = await bank.deposit(60_000, "1001"), await bank.deposit(40_000, "1002")
    await bank.take_in(Booked(99_500, text="LUMP"), Booked(5_000, text="OTHER"))
    lump, rest = (await bank.open())["lines"]
    id_ = new_id()
    body = {"line_ids": [lump["id"]], "claim_ids": [one, other], "note": "fee of 500"}
    for _ in range(2):
        made = await bank.ask("PUT", f"matches/{id_}", json=body)
        assert made.status_code == 204, made.text
    reused = await bank.ask("PUT", f"matches/{id_}", json=body | {"claim_ids": [one]})
    assert (reused.status_code, reused.json()["type"]) == (
        409, "/problems/id-reused",
    )  # fmt: skip
    assert await bank.in_ledger("bank") == 99_500
    assert await bank.in_ledger("charges_bank") == 500
    [match] = await bank.matches("matched")
    assert (match["tier"], match["short_minor"]) == ("T6", 500)
    taken = await bank.ask("PUT", f"matches/{new_id()}", json=body)
    assert (taken.status_code, taken.json()["title"]) == (
        409, "A line or a deposit of this is in another match",
    )  # fmt: skip
    third = await bank.deposit(9_000, "1003")
    far = {"line_ids": [rest["id"]], "claim_ids": [third]}
    refused = await bank.ask("PUT", f"matches/{new_id()}", json=far)
    assert refused.json()["title"].startswith("The lines and the deposits differ by more")


async def test_a_line_is_set_aside_with_a_reason_and_comes_back_with_one(bank: Bank) -> None:
    await bank.take_in(Booked(500, text="CHARGES", mark="D"), Booked(7_000))
    charge = (await bank.open())["lines"][0]
    body = {"kind": "charge", "reason": "monthly"}
    assert (await bank.ask("PUT", f"statement-lines/{charge['id']}/mark", json=body)).is_success
    again = await bank.ask("PUT", f"statement-lines/{charge['id']}/mark", json=body)
    assert again.status_code == 409
    assert len((await bank.open())["lines"]) == 1
    path = f"bank-accounts/{bank.id}/set-aside"
    [aside] = (await bank.ask("GET", path)).json()["items"]
    assert (aside["line"]["id"], aside["kind"], aside["reason"]) == (
        charge["id"], "charge", "monthly",
    )  # fmt: skip
    why = {"because": "it was a transfer"}
    back = await bank.ask("POST", f"statement-lines/{charge['id']}/unmark", json=why)
    assert back.status_code == 204
    assert (await bank.ask("GET", path)).json()["items"] == []
    assert len((await bank.open())["lines"]) == 2


async def test_receipts_by_transfer_are_proven_by_the_bank_too(bank: Bank) -> None:
    paid = await bank.field.pay(30_000, mode="transfer", mode_reference="TRF778899")
    assert paid.status_code == 200, paid.text
    report = await bank.take_in(Booked(30_000, text="TRANSFER TRF778899 MARIA"))
    assert report["matched"] == 1
    [match] = await bank.matches("matched")
    assert (match["tier"], match["claims"][0]["kind"]) == ("T2", "receipt")
    assert (await bank.in_ledger("psp_clearing"), await bank.in_ledger("bank")) == (0, 30_000)


async def test_what_a_branch_pays_in_is_proven_and_not_by_who_paid_it_in(bank: Bank) -> None:
    await bank.field.pay(70_000)
    deposit = (await bank.field.deposit(70_000)).json()["id"]
    assert (await bank.ask("POST", f"deposits/{deposit}/acknowledge")).is_success
    async with bank.field.database.transaction(EVERYTHING) as session:
        code = await branch_code(session, bank.field.branch)
    for minor, slip in ((40_000, "900100"), (30_000, "900101")):
        body = {
            "branch_code": code,
            "amount": {"amount_minor": minor, "currency": "CLP"},
            "denominations": [{"face_minor": 10_000, "count": minor // 10_000}],
            "slip_no": slip,
        }
        made = await bank.ask("PUT", f"cash/remittances/{new_id()}", json=body)
        assert made.is_success, made.text
    report = await bank.take_in(Booked(40_000, "900100"), Booked(30_000, text="CASH"))
    assert (report["matched"], report["proposed"]) == (1, 1)
    assert (await bank.in_ledger("in_transit"), await bank.in_ledger("bank")) == (30_000, 40_000)
    [match] = await bank.matches("matched")
    assert match["claims"][0]["kind"] == "remittance"
    [proposal] = await bank.matches()
    own = await bank.ask("POST", f"matches/{proposal['id']}/confirm", json={})
    assert own.json()["title"] == "Nobody reconciles money that they took or paid in themselves"
    undone = await bank.ask("POST", f"matches/{match['id']}/undo", json={"because": "no"})
    assert undone.status_code == 204
    assert await bank.in_ledger("in_transit") == 70_000


async def test_open_items_are_aged_by_banking_days(bank: Bank) -> None:
    await bank.take_in(Booked(7_000, day=-4), Booked(9_000, text="X"))
    found = await bank.open()
    # Thursday to Monday, over a weekend.
    assert [line["age_days"] for line in found["lines"]] == [2, 0]
    by_age = {one["bucket"]: one["amount_minor"] for one in found["lines_by_age"]}
    assert by_age == {"0-1": 9_000, "2-3": 7_000, "4-7": 0, "8-15": 0, "over 15": 0}


async def test_exports_are_spreadsheets_without_formulas(bank: Bank) -> None:
    await bank.deposit(8_000, "100412")
    await bank.take_in(Booked(7_000, text="=HYPERLINK(1)"))
    path = f"bank-accounts/{bank.id}/open-items"
    book = CalamineWorkbook.from_filelike(
        io.BytesIO((await bank.ask("GET", f"{path}.xlsx")).content)
    )
    assert book.sheet_names == ["Bank lines", "Not at the bank"]
    assert book.get_sheet_by_index(0).to_python()[1][-1] == "'=HYPERLINK(1)"
    text = (await bank.ask("GET", f"{path}.csv")).text
    assert ",'=HYPERLINK(1)" in text
    assert "deposit,100412" in text


async def test_csv_is_looked_at_before_it_is_taken_in(field: Field) -> None:
    profile = {
        "booked_on": "Fecha", "sign": "two_columns", "text": ["Detalle"], "references": ["Doc"],
        "money_in": "Abono", "money_out": "Cargo", "balance": "Saldo", "decimal_mark": ",",
        "delimiter": ";",
    }  # fmt: skip
    bank = await a_bank(field, csv_profile=profile)
    content = (
        "Fecha;Detalle;Doc;Cargo;Abono;Saldo\n"
        "23/11/2026;DEPÓSITO;100412;;50.000;50.000\n23/11/2026;COMISIÓN;;500;;49.500\n"
    ).encode("cp1252")
    told = {"bank_account_id": str(bank.id)}
    seen = await bank.ask(
        "POST", "statement-files/preview", files={"file": ("a.csv", content)}, data=told
    )
    [statement] = seen.json()["statements"]
    assert [line["amount_minor"] for line in statement["lines"]] == [50_000, -500]
    # Another profile can be tried before it is kept.
    for tried, status, wrong in (
        (profile | {"text": []}, 200, []),
        (profile | {"money_in": "Cargo", "money_out": "Abono"}, 422, []),
        (profile | {"sign": "signed"}, 422, ["csv_profile.amount"]),
        (profile | {"encoding": "hex"}, 422, ["csv_profile.encoding"]),
        ({"sign": "signed"}, 422, ["csv_profile.booked_on"]),
        ("no profile", 422, ["csv_profile"]),
    ):
        sent = told | {"csv_profile": json.dumps(tried)}
        seen = await bank.ask(
            "POST", "statement-files/preview", files={"file": ("a.csv", content)}, data=sent
        )
        assert seen.status_code == status, seen.text
        assert [each["field"] for each in seen.json().get("errors", ())] == wrong
    assert (await bank.open())["lines"] == []
    assert (await bank.send(content, "a.csv", **told)).json()["state"] == "done"
    assert len((await bank.open())["lines"]) == 2
    without = await bank.send(b"Fecha;Detalle\n", "b.csv")
    assert without.json()["problems"][0]["field"] == "format"


@pytest.mark.parametrize(
    ("told", "field_name"),
    [
        ({"bank_account_id": "x"}, "bank_account_id"),
        ({"opening_minor": "1"}, "closing_minor"),
        ({"opening_minor": "x", "closing_minor": "1"}, "opening_minor"),
    ],
)
async def test_what_is_told_with_a_file_is_checked(
    bank: Bank, told: dict[str, str], field_name: str
) -> None:
    answer = await bank.send(b"x", **told)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field_name


async def test_another_branch_sees_and_changes_nothing(bank: Bank) -> None:
    await bank.deposit(50_000, "100412")
    await bank.take_in(Booked(50_000))
    [proposal] = await bank.matches()
    async with bank.field.database.transaction(EVERYTHING) as session:
        stranger = await a_person(session, await a_branch(session), Role.CASH_DESK)
        headers = bearer(await a_token(session, stranger))
    client = bank.field.client
    assert (await client.get("/v1/bank-accounts", headers=headers)).json()["items"] == []
    for path in (f"bank-accounts/{bank.id}/open-items", f"bank-accounts/{bank.id}/open-items.csv"):
        assert (await client.get(f"/v1/{path}", headers=headers)).status_code == 404
    confirm = await client.post(f"/v1/matches/{proposal['id']}/confirm", json={}, headers=headers)
    assert confirm.status_code == 404
    taken = mt940(Booked(1, text="MINE"), number=bank.number)
    sent = await client.post("/v1/statement-files", files={"file": ("x", taken)}, headers=headers)
    assert sent.json()["title"].startswith("This is the statement of an account that is not known")


async def test_nobody_confirms_money_of_their_own(bank: Bank) -> None:
    await bank.deposit(50_000, "100412")
    await bank.take_in(Booked(50_000))
    [proposal] = await bank.matches()
    # The agent has become a cashier.
    async with bank.field.database.transaction(EVERYTHING) as session:
        await session.execute(text("SET LOCAL ROLE NONE"))
        await session.execute(
            text("UPDATE staff SET role = 'cash_desk' WHERE id = :id"), {"id": bank.field.agent}
        )
    own = await bank.field.client.post(
        f"/v1/matches/{proposal['id']}/confirm", json={}, headers=bearer(bank.field.token)
    )
    assert (own.status_code, own.json()["title"]) == (
        409, "Nobody reconciles money that they took or paid in themselves",
    )  # fmt: skip


async def test_the_database_itself_refuses_what_does_not_add_up(bank: Bank) -> None:
    await bank.deposit(50_000, "100412")
    await bank.take_in(Booked(50_000))
    [proposal] = await bank.matches()
    confirm = f"matches/{proposal['id']}/confirm"
    assert (await bank.ask("POST", confirm, json={})).status_code == 204
    for statement, broken in (
        ("UPDATE match SET short_minor = 5 WHERE id = :id RETURNING id", "sum"),
        ("UPDATE match SET state = 'undone', undone_at = made_at, undone_because = 'x'"
         " WHERE id = :id RETURNING id", "in_step"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=f"does not hold: {broken}"):
            async with bank.field.database.transaction(EVERYTHING) as session:
                await rows(session, statement, id=proposal["id"])
    thrown = await bank.field.ask(
        "DELETE FROM match WHERE id = :id RETURNING id", id=proposal["id"]
    )
    assert thrown == []


async def test_lines_and_statements_stay_as_they_were_written(bank: Bank) -> None:
    await bank.take_in(Booked(50_000))
    for statement in (
        "DELETE FROM statement_line RETURNING 1",
        "UPDATE statement_line SET amount_minor = 1 RETURNING 1",
        "UPDATE statement SET lines_added = 0 RETURNING 1",
        "DELETE FROM match_line RETURNING 1",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            async with bank.field.database.transaction(EVERYTHING) as session:
                await rows(session, statement)


async def test_agents_see_nothing_of_the_bank(bank: Bank) -> None:
    await bank.take_in(Booked(50_000))
    scope = Scope(branch_ids=(bank.field.branch,), agent_id=bank.field.agent)
    async with bank.field.database.transaction(scope) as session:
        for statement in (
            "SELECT 1 FROM bank_account",
            "SELECT 1 FROM statement_file",
            "SELECT 1 FROM statement_line",
            "SELECT 1 FROM match",
        ):
            assert await rows(session, statement) == []
