"""What is overdue is paid in parts, by those whom a rule trusts; money is neither lost nor made."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import DatabaseError

from collection.portfolio.day.begin_days import begin_days
from collection.portfolio.geocode import nowhere
from collection.portfolio.import_demand import NewDemandFile, import_demand
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.store import branches
from tests.api.cash_field import NINE
from tests.api.desk.scenes import Desk, a_desk
from tests.conftest import MONDAY_NINE

RULE: dict[str, Any] = {"name": "Reliable", "installments_most": 4, "grace_days": 3}


@pytest.fixture
async def database(own_database: Database) -> Database:
    return own_database


@dataclass
class Office:
    """The desk of a case of 50,000 pesos, 30 days late, and what the database says of it."""

    desk: Desk

    async def rules(self, *rules: dict[str, Any]) -> Any:
        url = f"/v1/branches/{self.desk.code}/arrears-rules"
        answer = await self.desk.put(url, {"rules": rules}, self.desk.admin)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def told(self) -> Any:
        answer = await self.desk.get(f"/v1/cases/{self.desk.case_id}/arrears-plans")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def offer(self, plan_id: Any = None, **changed: Any) -> Any:
        body = {"case_id": self.desk.case_id, "installments": 3, "first_on": "2026-12-01"} | changed
        return await self.desk.put(f"/v1/arrears-plans/{plan_id or new_id()}", body)

    async def accepted(self, **changed: Any) -> Any:
        offered = await self.offer(**changed)
        assert offered.status_code == 200, offered.text
        answer = await self.desk.post(f"/v1/arrears-plans/{offered.json()['id']}/accept", None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def demands(self) -> list[tuple[str, int, int, int]]:
        """Day, total, paid and moved of each demand, by day."""
        found = await self.desk.field.ask(
            "SELECT due_on::text AS due_on, total_minor, paid_minor, moved_minor FROM demand"
            " WHERE account_id = :account ORDER BY due_on, id",
            account=self.desk.field.case.account_id,
        )
        return [(r.due_on, r.total_minor, r.paid_minor, r.moved_minor) for r in found]

    async def case(self) -> tuple[int, int, str]:
        """Days past due, what is overdue, and the asset class."""
        [r] = await self.desk.field.ask(
            "SELECT dpd, overdue_minor, asset_class FROM case_file WHERE id = :id",
            id=self.desk.field.case.case_id,
        )
        return r.dpd, r.overdue_minor, r.asset_class

    async def begin(self, day: str) -> None:
        at = datetime.fromisoformat(day).replace(hour=9, tzinfo=UTC)
        await begin_days(self.desk.field.database, at)


@pytest.fixture
async def office(database: Database, client: httpx.AsyncClient) -> Office:
    office = Office(await a_desk(database, client))
    await office.rules(RULE)
    return office


async def test_nobody_is_offered_a_plan_as_shipped(office: Office) -> None:
    url = f"/v1/branches/{office.desk.code}/arrears-rules"
    back = await office.desk.field.client.delete(
        url, headers={"Authorization": f"Bearer {office.desk.admin}"}
    )
    assert back.json() == {"is_own": False, "rules": []}
    refused = await office.offer()
    assert refused.status_code == 409, refused.text
    assert refused.json()["reasons"] == ["the branch has no rule for plans"]


async def test_a_customer_whom_no_rule_trusts_is_told_why(office: Office) -> None:
    told = await office.rules(RULE | {"paid_dues_least": 2}, RULE | {"name": "Early", "dpd_to": 9})
    assert told["is_own"]
    assert [rule["name"] for rule in told["rules"]] == ["Reliable", "Early"]
    told = await office.told()
    assert told["rule"] is None
    assert told["why_none"] == [
        "Reliable: 0 dues were paid so far, fewer than 2", "Early: 30 days past due, not 1 to 9",
    ]  # fmt: skip
    wrong = await office.desk.put(
        f"/v1/branches/{office.desk.code}/arrears-rules",
        {"rules": [RULE | {"product_types": ["no_such"]}]},
        office.desk.admin,
    )
    assert wrong.status_code == 422
    assert "no_such" in wrong.text


async def test_no_plan_is_offered_on_a_closed_case(office: Office) -> None:
    url = f"/v1/cases/{office.desk.case_id}/stage"
    body = {"stage": "closed", "closure": "written_off", "reason": "Left the country"}
    headers = {"Authorization": f"Bearer {office.desk.supervisor}", "Idempotency-Key": "k" * 20}
    closed = await office.desk.field.client.post(url, json=body, headers=headers)
    assert closed.status_code == 200, closed.text
    assert (await office.told())["why_none"] == ["the case is closed"]
    assert (await office.offer()).status_code == 409


async def test_a_plan_takes_over_what_is_overdue(office: Office) -> None:
    plan_id = new_id()
    offered = await office.offer(plan_id)
    assert (await office.offer(plan_id)).json() == offered.json()
    assert (await office.offer(plan_id, installments=2)).status_code == 409
    assert await office.demands() == [("2026-10-24", 50_000, 0, 0)]
    told = await office.told()
    assert (told["may_offer"], told["may_accept"]) == (True, False)
    plan_url = f"/v1/arrears-plans/{plan_id}/accept"
    assert (await office.desk.post(plan_url, None, office.desk.caller)).status_code == 403
    accepted = await office.desk.post(plan_url, None)
    assert accepted.status_code == 200, accepted.text
    assert [(p["due_on"], p["amount"]["amount_minor"]) for p in accepted.json()["parts"]] == [
        ("2026-12-01", 16_666), ("2027-01-01", 16_667), ("2027-02-01", 16_667),
    ]  # fmt: skip
    assert (await office.desk.post(plan_url, None)).json() == accepted.json()
    assert await office.demands() == [
        ("2026-10-24", 0, 0, 50_000), ("2026-12-01", 16_666, 0, 0), ("2027-01-01", 16_667, 0, 0),
        ("2027-02-01", 16_667, 0, 0),
    ]  # fmt: skip
    assert (await office.case())[:2] == (0, 0)
    answer = await office.desk.get(f"/v1/cases/{office.desk.case_id}")
    assert {due["arrears_plan_id"] for due in answer.json()["demands"]} == {str(plan_id)}
    story = await office.desk.get(f"/v1/cases/{office.desk.case_id}/timeline")
    steps = [e["facts"]["step"] for e in story.json()["items"] if e["kind"] == "arrears_plan"]
    assert sorted(steps) == ["accepted", "offered"]
    assert (await office.offer()).json()["type"].endswith("/plan-runs")


async def test_payments_go_to_the_plan_and_a_kept_plan_is_told(office: Office) -> None:
    await office.accepted()
    assert (await office.desk.field.pay(20_000)).status_code in {200, 201}
    assert [paid for _, _, paid, _ in await office.demands()] == [0, 16_666, 3_334, 0]
    assert (await office.desk.field.pay(30_000)).status_code in {200, 201}
    await office.begin("2026-11-24")
    [plan] = (await office.told())["plans"]
    assert plan["state"] == "kept"
    assert sum(part["paid"]["amount_minor"] for part in plan["parts"]) == 50_000


async def test_a_missed_part_has_what_is_left_be_due_as_before(office: Office) -> None:
    await office.accepted(first_on="2026-12-05")
    assert (await office.desk.field.pay(20_000)).status_code in {200, 201}
    await office.begin("2027-01-08")
    [plan] = (await office.told())["plans"]
    assert plan["state"] == "accepted"
    assert await office.case() == (3, 13_333, "sma_2")  # by the due that was taken over: 76 days
    await office.begin("2027-01-09")
    [plan] = (await office.told())["plans"]
    assert plan["state"] == "broken"
    assert await office.demands() == [
        ("2026-10-24", 30_000, 0, 20_000), ("2026-12-05", 16_666, 16_666, 0),
        ("2027-01-05", 3_334, 3_334, 0), ("2027-02-05", 0, 0, 0),
    ]  # fmt: skip
    dpd, overdue, _ = await office.case()
    assert (dpd, overdue) == (77, 30_000)
    told = await office.told()
    assert told["rule"] is None
    assert "broken" in told["why_none"][0]


async def test_a_supervisor_ends_a_plan(office: Office) -> None:
    plan = await office.accepted()
    url = f"/v1/arrears-plans/{plan['id']}/end"
    body = {"reason": "Sold the shop"}
    assert (await office.desk.post(url, body, office.desk.caller)).status_code == 403
    ended = await office.desk.post(url, body)
    assert (ended.json()["state"], ended.json()["reason"]) == ("ended", "Sold the shop")
    assert (await office.desk.post(url, body)).status_code == 409
    assert (await office.demands())[0] == ("2026-10-24", 50_000, 0, 0)
    assert (await office.case())[:2] == (30, 50_000)


async def test_an_offer_that_was_overtaken_is_not_accepted(office: Office) -> None:
    offered = (await office.offer()).json()
    await office.desk.field.pay(10_000)
    late = await office.desk.post(f"/v1/arrears-plans/{offered['id']}/accept", None)
    assert late.status_code == 409
    assert late.json()["type"].endswith("/offer-outdated")
    again = await office.offer()
    assert again.json()["total"]["amount_minor"] == 40_000
    gone = await office.desk.post(f"/v1/arrears-plans/{offered['id']}/accept", None)
    assert gone.status_code == 409
    assert gone.json()["state"] == "lapsed"
    url = f"/v1/arrears-plans/{again.json()['id']}/decline"
    declined = await office.desk.post(url, {"reason": "Pays on Friday"}, office.desk.caller)
    assert declined.json()["state"] == "declined"
    await office.offer()
    await office.begin(str((MONDAY_NINE + timedelta(days=9)).date()))
    assert {plan["state"] for plan in (await office.told())["plans"]} == {"lapsed", "declined"}


async def test_the_lenders_file_leaves_what_a_plan_has_taken_over(office: Office) -> None:
    await office.accepted()
    [known] = await office.desk.field.ask(
        "SELECT u.source_ref AS customer, a.source_ref AS account, b.code"
        " FROM account a JOIN customer u ON u.id = a.customer_id"
        " JOIN branch b ON b.id = a.branch_id WHERE a.id = :id",
        id=office.desk.field.case.account_id,
    )
    columns = "branch_code,customer_id,customer_name,loan_account_no,address,due_date,total_due,dpd"
    row = f"{known.code},{known.customer},María,{known.account},Balmaceda,2026-10-24"
    before = await office.demands()
    reports = []
    async with office.desk.field.database.transaction(EVERYTHING) as session:
        branch = next(b for b in await branches(session) if b.code == known.code)
        for minor in (50_000, 55_000):
            content = f"{columns}\n{row},{minor},30\n".encode()
            file = NewDemandFile(content, "demand.csv", MONDAY_NINE.date())
            reports.append(await import_demand(session, branch, file, MONDAY_NINE, nowhere))
    assert await office.demands() == before
    assert (await office.case())[:2] == (0, 0)
    assert [len(report.problems) for report in reports] == [0, 1]
    assert "a plan for arrears has taken it over" in reports[1].problems[0].expected


async def test_the_database_keeps_a_plan_balanced(office: Office) -> None:
    plan = await office.accepted()
    with pytest.raises(DatabaseError, match="does not demand what it has taken over"):
        await office.desk.field.ask(
            "WITH less AS (UPDATE arrears_taken SET principal_minor = principal_minor - 1,"
            " total_minor = total_minor - 1 WHERE plan_id = :id RETURNING 1) SELECT * FROM less",
            id=plan["id"],
        )


async def test_a_receipt_before_the_plan_keeps_what_was_demanded_then(office: Office) -> None:
    receipt = new_id()
    await office.desk.field.pay(10_000, receipt, taken_at=NINE)
    before = await office.desk.field.ask("SELECT receipt_demanded(:id) AS minor", id=receipt)
    await office.accepted()
    after = await office.desk.field.ask("SELECT receipt_demanded(:id) AS minor", id=receipt)
    assert before[0].minor == after[0].minor == 50_000
