"""Taking payments over HTTP."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.cash_field import NINE, Field, a_field
from tests.factories import LA_SERENA, a_case, a_token, an_agent


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def add_demand(field: Field, due_on: date, minor: int) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await session.execute(
            text(
                "INSERT INTO demand (id, branch_id, account_id, due_on, principal_minor,"
                " interest_minor, charges_minor, penal_minor, total_minor)"
                " VALUES (:id, :branch, :account, :due_on, :minor, 0, 0, 0, :minor)"
            ),
            {
                "id": new_id(), "branch": field.branch, "account": field.case.account_id,
                "due_on": due_on, "minor": minor,
            },
        )  # fmt: skip


async def test_a_cash_receipt_is_numbered_allocated_and_in_the_till(field: Field) -> None:
    answer = await field.pay(20_000)
    assert answer.status_code == 200, answer.text
    receipt = answer.json()
    assert receipt["number"].endswith("-000001")
    assert [(a["demand_id"], a["amount"]["amount_minor"]) for a in receipt["allocations"]] == [
        (str(field.case.demand_id), 20_000)
    ]
    assert receipt["outstanding"] == {"amount_minor": 30_000, "currency": "CLP"}
    assert receipt["advance"]["amount_minor"] == 0
    assert receipt["headroom"]["amount_minor"] == 480_000
    assert receipt["flags"] == []
    assert receipt["distance_m"] == pytest.approx(0, abs=0.1)
    assert await field.till() == {
        "in_hand": 20_000, "reserved": 0, "pending": 0, "in_transit": 0, "limit": 500_000,
        "headroom": 480_000,
    }  # fmt: skip
    assert await field.cash_in_ledger() == 20_000


async def test_the_oldest_demand_is_paid_first_and_the_rest_is_an_advance(field: Field) -> None:
    await add_demand(field, date(2026, 11, 24), 10_000)
    receipt = (await field.pay(65_000)).json()
    assert [a["amount"]["amount_minor"] for a in receipt["allocations"]] == [50_000, 10_000]
    assert receipt["allocations"][0]["due_on"] == "2026-10-24"
    assert receipt["advance"]["amount_minor"] == 5_000
    assert receipt["outstanding"]["amount_minor"] == 0
    [account] = await field.ask("SELECT * FROM account WHERE id = :id", id=field.case.account_id)
    assert account.advance_minor == 5_000
    [case] = await field.ask("SELECT * FROM case_file WHERE id = :id", id=field.case.case_id)
    assert (case.dpd, case.bucket, case.overdue_minor) == (0, "X", 0)


async def test_a_card_payment_leaves_the_till_alone(field: Field) -> None:
    answer = await field.pay(600_000, mode="card", mode_reference="A1B2C3")
    assert answer.status_code == 200, answer.text
    assert (await field.till())["in_hand"] == 0
    [line] = await field.ask(
        "SELECT p.* FROM posting p JOIN journal_entry e ON e.id = p.entry_id"
        " WHERE e.source_id = :id AND p.amount_minor > 0",
        id=UUID(answer.json()["id"]),
    )
    assert (line.ledger_account, line.amount_minor) == ("psp_clearing", 600_000)


async def test_the_same_receipt_again_gets_the_same_answer_even_later(field: Field) -> None:
    id_ = new_id()
    first = await field.pay(20_000, id_)
    await field.pay(10_000)
    again = await field.pay(20_000, id_)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert await field.numbers() == [1, 2]


async def test_the_same_id_with_another_amount_is_a_conflict(field: Field) -> None:
    id_ = new_id()
    await field.pay(20_000, id_)
    answer = await field.pay(20_001, id_)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/id-reused"
    assert (await field.till())["in_hand"] == 20_000


async def test_an_id_that_another_agent_used_is_a_conflict(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        other = await an_agent(session, field.branch)
        case = await a_case(session, field.branch, agent_id=other)
        theirs = Field(
            field.database, field.client, field.branch, other, await a_token(session, other),
            field.desk, case,
        )  # fmt: skip
    id_ = new_id()
    assert (await theirs.pay(1_000, id_)).status_code == 200
    assert (await field.pay(1_000, id_)).status_code == 409
    assert (await field.till())["in_hand"] == 0
    assert (await field.pay(1_000)).json()["number"].endswith("-000001")


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"amount": {"amount_minor": 0, "currency": "CLP"}}, 422, "amount_minor"),
        ({"amount": {"amount_minor": -5, "currency": "CLP"}}, 422, "amount_minor"),
        ({"amount": {"amount_minor": 5, "currency": "USD"}}, 422, "amount.currency"),
        ({"mode": "card"}, 422, "mode_reference"),
        ({"mode": "upi", "mode_reference": "632712345678"}, 422, "card, transfer"),
        ({"taken_at": "2026-11-23T12:06:00Z"}, 422, "taken_at"),
        ({"case_id": str(new_id())}, 404, "case_id"),
    ],
)
async def test_what_cannot_be_true_is_refused_and_leaves_nothing(
    field: Field, changed: dict[str, Any], status: int, named: str
) -> None:
    answer = await field.pay(**changed)
    assert answer.status_code == status, answer.text
    assert named in answer.text
    assert (await field.till())["in_hand"] == 0
    assert await field.numbers() == []


async def test_the_loan_card_is_kept_and_one_that_was_not_at_hand_is_flagged(field: Field) -> None:
    there = (await field.pay(loan_card={"place": "page 2, line 7"})).json()
    assert there["loan_card"] == {"place": "page 2, line 7", "missing_because": None}
    assert there["flags"] == []
    id_ = new_id()
    away = (await field.pay(id_=id_, loan_card={"missing_because": "left at home"})).json()
    assert away["flags"] == ["loan_card_not_entered"]
    again = await field.pay(id_=id_, loan_card={"missing_because": "left at home"})
    assert again.json() == away
    both = await field.pay(loan_card={"place": "page 2", "missing_because": "left at home"})
    assert both.status_code == 422
    assert both.json()["errors"][0]["field"] == "loan_card"


async def test_what_a_mode_asks_is_kept_and_what_it_does_not_know_is_named(field: Field) -> None:
    card: dict[str, Any] = {"mode": "card", "mode_reference": "A1B2C3"}
    kept = (await field.pay(**card, mode_details={"last_four": "4242"})).json()
    assert kept["mode_details"] == {"last_four": "4242"}
    other = await field.pay(**card, mode_details={"bank": "HDFC"})
    assert other.json()["errors"] == [
        {"field": "mode_details.bank", "expected": "only last_four for card"}
    ]


async def test_a_receipt_without_a_fix_is_flagged_not_lost(field: Field) -> None:
    answer = await field.pay(fix=None)
    assert answer.status_code == 200
    assert answer.json()["flags"] == ["no_fix"]
    answer = await field.pay(fix=None, no_fix_because="location_denied")
    assert answer.json()["flags"] == ["no_fix", "location_denied"]
    answer = await field.pay(fix=None, no_fix_because="no time")
    assert answer.json()["errors"][0]["field"] == "no_fix_because"
    far = {"lat": LA_SERENA.lat + 0.01, "lon": LA_SERENA.lon, "captured_at": NINE}
    answer = await field.pay(fix=far)
    assert answer.json()["flags"] == ["far_from_customer"]
    assert answer.json()["distance_m"] == pytest.approx(1112, abs=2)


async def test_cash_over_the_limit_is_refused_with_what_to_do_and_alerts_once(
    field: Field,
) -> None:
    await field.pay(499_800)
    for _ in range(2):
        answer = await field.pay(650)
        assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/over-cash-limit"
    assert problem["detail"].replace("\N{NO-BREAK SPACE}", " ") == (
        "CLP 450 over your limit of CLP 500,000. Deposit first, or ask your supervisor."
    )
    assert problem["headroom"] == {"amount_minor": 200, "currency": "CLP"}
    assert problem["limit"]["amount_minor"] == 500_000
    alerts = "SELECT * FROM alert WHERE agent_id = :agent"
    [alert] = await field.ask(alerts, agent=field.agent)
    assert (alert.kind, alert.cleared_at) == ("cash_limit", None)
    assert "CLP 499,800" in alert.detail
    assert (await field.pay(650, mode="card", mode_reference="A1B2C3")).status_code == 200
    assert (await field.deposit(400_000)).status_code == 200
    [alert] = await field.ask(alerts, agent=field.agent)
    assert alert.cleared_at is not None
    assert (await field.pay(650)).status_code == 200
    assert await field.numbers() == [1, 2, 3]


async def test_fifty_receipts_at_once_never_pass_the_limit(field: Field) -> None:
    answers = await asyncio.gather(*(field.pay(20_000) for _ in range(50)))
    taken = [a.json() for a in answers if a.status_code == 200]
    refused = [a.json() for a in answers if a.status_code == 409]
    assert (len(taken), len(refused)) == (25, 25)
    assert all(p["headroom"]["amount_minor"] == 0 for p in refused)
    assert await field.numbers() == list(range(1, 26))
    assert (await field.till())["in_hand"] == 500_000 == await field.cash_in_ledger()
    [account] = await field.ask("SELECT * FROM account WHERE id = :id", id=field.case.account_id)
    assert account.advance_minor == 450_000
    assert len(await field.ask("SELECT 1 FROM alert WHERE agent_id = :a", a=field.agent)) == 1


async def test_one_id_sent_ten_times_at_once_is_one_receipt(field: Field) -> None:
    id_ = new_id()
    answers = await asyncio.gather(*(field.pay(300_000, id_) for _ in range(10)))
    assert [a.status_code for a in answers] == [200] * 10
    assert len({a.text for a in answers}) == 1
    assert await field.numbers() == [1]
    assert (await field.till())["in_hand"] == 300_000 == await field.cash_in_ledger()


async def test_two_agents_paying_on_one_account_at_once_do_not_lose_a_peso(
    field: Field,
) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        other = await an_agent(session, field.branch)
        token = await a_token(session, other)
        await session.execute(
            text(
                "INSERT INTO assignment (id, branch_id, case_id, agent_id, channel, during, reason,"
                " decided_at) VALUES (:id, :branch, :case, :agent, 'call',"
                " tstzrange(:at, NULL), 'test', :at)"
            ),
            {
                "id": new_id(), "branch": field.branch, "case": field.case.case_id,
                "agent": other, "at": datetime(2026, 11, 1, tzinfo=UTC),
            },
        )  # fmt: skip
    theirs = Field(field.database, field.client, field.branch, other, token, field.desk, field.case)
    answers = await asyncio.gather(*(f.pay(3_000) for _ in range(10) for f in (field, theirs)))
    assert {a.status_code for a in answers} == {200}
    assert await field.cash_in_ledger() == await theirs.cash_in_ledger() == 30_000
    assert await field.numbers() == await theirs.numbers() == list(range(1, 11))
    [demand] = await field.ask("SELECT * FROM demand WHERE id = :id", id=field.case.demand_id)
    [account] = await field.ask("SELECT * FROM account WHERE id = :id", id=field.case.account_id)
    assert (demand.paid_minor, account.advance_minor) == (50_000, 10_000)


async def test_of_a_crowd_each_answer_is_on_the_trail_once_and_a_refusal_is_told_as_ever(
    field: Field,
) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        other = await an_agent(session, field.branch, cash_limit_minor=5_000)
        token = await a_token(session, other)
        case = await a_case(session, field.branch, agent_id=other)
    theirs = Field(field.database, field.client, field.branch, other, token, field.desk, case)
    twice = new_id()
    answers = await asyncio.gather(
        field.pay(1_000, twice), field.pay(2_000), theirs.pay(3_000), theirs.pay(4_000),
        field.pay(1_000, twice), field.pay(1_000, case_id=str(case.case_id)), field.pay(0),
    )  # fmt: skip
    assert [a.status_code for a in answers] == [200, 200, 200, 409, 200, 404, 422]
    assert answers[0].json() == answers[4].json()
    assert (await field.numbers(), await theirs.numbers()) == ([1, 2], [1])
    [alert] = await field.ask(
        "SELECT kind FROM alert WHERE branch_id = :b AND agent_id = :a", b=field.branch, a=other
    )
    assert alert.kind == "cash_limit"
    events = await field.ask(
        "SELECT kind, count(*) AS n FROM audit_event WHERE branch_id = :b"
        " AND action = 'PUT /v1/agent/receipts/{id}' GROUP BY kind ORDER BY kind",
        b=field.branch,
    )
    assert [(e.kind, e.n) for e in events] == [("change", 4), ("refused", 1)]


async def test_receipts_and_deposits_at_once_leave_till_and_ledger_equal(field: Field) -> None:
    await field.pay(100_000)
    work = [field.pay(10_000) for _ in range(15)] + [field.deposit(30_000) for _ in range(8)]
    answers = await asyncio.gather(*work)
    assert {a.status_code for a in answers} <= {200, 409}
    received = sum(10_000 for a in answers[:15] if a.status_code == 200) + 100_000
    handed = sum(30_000 for a in answers[15:] if a.status_code == 200)
    in_hand = (await field.till())["in_hand"]
    assert in_hand == received - handed == await field.cash_in_ledger()
    [total] = await field.ask(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting WHERE branch_id = :b",
        b=field.branch,
    )
    assert total[0] == 0


async def test_money_without_a_demand_is_tagged_and_kept_for_what_comes(field: Field) -> None:
    await field.pay(50_000)
    receipt = (await field.pay(20_000)).json()
    assert receipt["flags"] == ["adhoc"]
    assert (receipt["allocations"], receipt["advance"]["amount_minor"]) == ([], 20_000)


NOTES = [{"face_minor": 1_000, "count": 1}, {"face_minor": 20_000, "count": 1}]
"""21,000 pesos."""


async def test_counted_notes_change_and_words_are_kept_with_the_receipt(field: Field) -> None:
    id_ = new_id()
    tender = {"denominations": NOTES, "change": {"amount_minor": 1_000, "currency": "CLP"}}
    told = {"tender": tender, "amount_words": "twenty thousand pesos"}
    answer = await field.pay(20_000, id_, **told)
    assert answer.status_code == 200, answer.text
    kept = answer.json()
    assert [d["face_minor"] for d in kept["tender"]["denominations"]] == [20_000, 1_000]
    assert kept["tender"]["change"]["amount_minor"] == 1_000
    assert kept["amount_words"] == "twenty thousand pesos"
    assert (await field.pay(20_000, id_, **told)).json() == kept
    assert (await field.pay(20_000, id_)).status_code == 409
    assert (await field.till())["in_hand"] == 20_000


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"tender": {"denominations": NOTES}}, "denominations"),
        ({"tender": {"denominations": [{"face_minor": 3_000, "count": 7}]}}, "face_minor"),
        ({"tender": {"denominations": []}}, "denominations"),
        ({"tender": {"denominations": NOTES, "change": {"amount_minor": 1_000, "currency": "USD"}}},
         "change.currency"),
        ({"tender": {"denominations": NOTES, "change": {"amount_minor": 1_000, "currency": "CLP"}},
          "mode": "card", "mode_reference": "A1B2"}, "only cash"),
    ],
)  # fmt: skip
async def test_notes_that_do_not_make_the_amount_are_named_and_nothing_is_taken(
    field: Field, changed: dict[str, Any], named: str
) -> None:
    answer = await field.pay(20_000, **changed)
    assert answer.status_code == 422, answer.text
    assert named in answer.text
    assert await field.numbers() == []


async def test_the_database_itself_refuses_notes_that_do_not_make_the_amount(field: Field) -> None:
    id_ = UUID((await field.pay(20_000)).json()["id"])
    same = (
        "branch_id, account_id, case_id, agent_id, series_id, mode, amount_minor, advance_minor,"
        " outstanding_minor, headroom_minor, currency, taken_at, received_at, body_hash"
    )
    with pytest.raises(IntegrityError, match="ck_receipt_denominations"):
        await field.ask(
            f"INSERT INTO receipt (id, number, denominations, {same})"  # noqa: S608 our own
            f" SELECT :new, number + 1, CAST(:notes AS jsonb), {same} FROM receipt WHERE id = :id"
            " RETURNING id",
            id=id_, new=new_id(), notes='[{"face_minor": 1000, "count": 19}]',
        )  # fmt: skip
