"""Days that begin: promises are judged, and cases are as late as the days have made them."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import insert

from collection.portfolio.advances.store import give_back
from collection.portfolio.day import store
from collection.portfolio.day.begin_days import begin_day_of, begin_days
from collection.portfolio.plans.plan import InstallmentPlan
from collection.portfolio.plans.set_plans import set_plans
from core.errors import InvalidField
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database, Scope, rows
from data.tables.collection import Promise
from data.tables.custody import Receipt
from data.tables.platform import Policy
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, an_agent

MONDAY = MONDAY_NINE.date()
TUESDAY = MONDAY + timedelta(days=1)
ZONE = ZoneInfo("America/Santiago")


@dataclass
class Portfolio:
    """A branch with an agent, and what its database says."""

    database: Database
    branch: UUID
    agent: UUID
    series: UUID
    numbers: int = 0

    async def case(self, **changed: Any) -> ACase:
        async with self.database.transaction(EVERYTHING) as session:
            return await a_case(session, self.branch, **changed)

    async def promise(
        self, case: ACase, minor: int, due_on: date, made_at: datetime = MONDAY_NINE
    ) -> UUID:
        id_ = new_id()
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(Promise).values(
                    id=id_, branch_id=self.branch, account_id=case.account_id, due_on=due_on,
                    case_id=case.case_id, agent_id=self.agent, amount_minor=minor, currency="CLP",
                    made_at=made_at, source="agent", body_hash=b"",
                )
            )  # fmt: skip
        return id_

    async def pay(
        self, case: ACase, minor: int, at: datetime, received_at: datetime | None = None
    ) -> None:
        """A receipt as it is stored; what it pays down is not looked at here."""
        self.numbers += 1
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(Receipt).values(
                    id=new_id(), branch_id=self.branch, account_id=case.account_id, mode="upi",
                    mode_reference=f"U{self.numbers}",
                    case_id=case.case_id, agent_id=self.agent, series_id=self.series,
                    number=self.numbers, amount_minor=minor, advance_minor=0, currency="CLP",
                    outstanding_minor=0, headroom_minor=0, taken_at=at,
                    received_at=received_at or at, flags=[],
                    body_hash=b"",
                )
            )  # fmt: skip

    async def begin(self, day: date, hour: int = 0) -> bool:
        now = datetime(day.year, day.month, day.day, hour, 1, tzinfo=ZONE)
        async with self.database.transaction(Scope((self.branch,))) as session:
            return await begin_day_of(session, self.branch, now)

    async def ask(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.transaction(EVERYTHING) as session:
            return list(await rows(session, statement, **parameters))

    async def standing(self, case: ACase) -> tuple[int, str, str, int, date]:
        [c] = await self.ask("SELECT * FROM case_file WHERE id = :id", id=case.case_id)
        return c.dpd, c.bucket, c.asset_class, c.overdue_minor, c.as_of

    async def word(self, promise: UUID) -> tuple[str, int, datetime | None]:
        [p] = await self.ask("SELECT * FROM promise WHERE id = :id", id=promise)
        return p.state, p.paid_minor, p.settled_at

    async def set_grace(self, days: int) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(
                insert(Policy).values(
                    branch_id=self.branch, key="promise_grace_days", value=days,
                    set_at=MONDAY_NINE, set_by=self.agent,
                )
            )  # fmt: skip


@pytest.fixture
async def portfolio(database: Database) -> Portfolio:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        found = await rows(
            session, "SELECT id FROM receipt_series WHERE agent_id = :agent", agent=agent
        )
        return Portfolio(database, branch, agent, found[0].id)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


async def test_cases_grow_later_with_the_days(portfolio: Portfolio) -> None:
    case = await portfolio.case(due_on=MONDAY - timedelta(days=29), dpd=29)
    assert await portfolio.begin(TUESDAY)
    assert await portfolio.standing(case) == (30, "B1", "sma_0", 50_000, TUESDAY)
    thursday = MONDAY + timedelta(days=3)
    assert await portfolio.begin(thursday)
    assert await portfolio.standing(case) == (32, "B2", "sma_1", 50_000, thursday)


async def test_figures_that_are_of_the_day_already_stay(portfolio: Portfolio) -> None:
    case = await portfolio.case(due_on=MONDAY - timedelta(days=3), dpd=30)
    assert await portfolio.begin(MONDAY)
    assert (await portfolio.standing(case))[0] == 30


async def test_a_demand_is_overdue_from_its_day_on(portfolio: Portfolio) -> None:
    case = await portfolio.case(due_on=MONDAY + timedelta(days=2), dpd=0)
    for days, expected in ((1, (0, 0)), (2, (0, 50_000)), (3, (1, 50_000))):
        day = MONDAY + timedelta(days=days)
        await portfolio.begin(day)
        dpd, _, _, overdue_minor, _ = await portfolio.standing(case)
        assert (dpd, overdue_minor) == expected


async def test_the_lenders_higher_count_goes_on_until_nothing_is_unpaid(
    portfolio: Portfolio,
) -> None:
    case = await portfolio.case(due_on=MONDAY - timedelta(days=10), dpd=88)
    await portfolio.begin(MONDAY + timedelta(days=3))
    assert (await portfolio.standing(case))[:3] == (91, "B4", "npa")
    await portfolio.ask(
        "UPDATE demand SET paid_minor = total_minor WHERE account_id = :id RETURNING 1",
        id=case.account_id,
    )
    await portfolio.begin(MONDAY + timedelta(days=4))
    assert (await portfolio.standing(case))[:4] == (0, "X", "standard", 0)


async def test_a_non_performing_account_stays_so_until_all_arrears_are_paid(
    portfolio: Portfolio,
) -> None:
    case = await portfolio.case(due_on=MONDAY - timedelta(days=91), dpd=91)
    await portfolio.begin(TUESDAY)
    await portfolio.ask(
        "UPDATE demand SET due_on = :day WHERE account_id = :id RETURNING 1",
        id=case.account_id,
        day=MONDAY - timedelta(days=5),
    )
    await portfolio.ask("UPDATE case_file SET dpd = 5 WHERE id = :id RETURNING 1", id=case.case_id)
    await portfolio.begin(TUESDAY + timedelta(days=1))
    assert (await portfolio.standing(case))[:3] == (7, "B1", "npa")


async def test_urgency_is_of_the_day(portfolio: Portfolio) -> None:
    due = await portfolio.case(due_on=MONDAY - timedelta(days=10), dpd=10)
    other = await portfolio.case(due_on=MONDAY - timedelta(days=10), dpd=10)
    await portfolio.promise(due, 10_000, MONDAY + timedelta(days=1))
    urgency = "SELECT urgency FROM case_file WHERE id = :id"
    for days, more in ((0, 0), (1, 20)):
        await portfolio.begin(MONDAY + timedelta(days=days))
        [a], [b] = [await portfolio.ask(urgency, id=c.case_id) for c in (due, other)]
        assert a.urgency - b.urgency == more


async def test_what_agents_said_last_of_intent_and_ability_counts(portfolio: Portfolio) -> None:
    case = await portfolio.case()
    factor = (
        "SELECT (f ->> 'points')::int AS points"
        " FROM case_file, jsonb_array_elements(urgency_factors) f"
        " WHERE id = :id AND f ->> 'name' = 'intent_and_ability'"
    )
    said = (
        "INSERT INTO disposition (id, branch_id, case_id, channel, list_id, contact_code,"
        " result_code, intent, ability, happened_at, recorded_at, recorded_by, body_hash)"
        " SELECT gen_random_uuid(), :branch, :case, 'visit', list_id, code, code, :intent,"
        " :ability, :at, :at, :agent, '' FROM listed_value LIMIT 1 RETURNING 1"
    )
    told = [
        (TUESDAY - timedelta(days=120), "unwilling", "able", 2),  # too long ago to count
        (MONDAY, "unwilling", "able", 5),
        (TUESDAY, "willing", "unable", 1),
    ]
    for n, (day, intent, ability, points) in enumerate(told):
        assert await portfolio.ask(
            said, branch=portfolio.branch, case=case.case_id, intent=intent, ability=ability,
            at=at(day, 10), agent=portfolio.agent,
        )  # fmt: skip
        await begin_days(portfolio.database, at(TUESDAY + timedelta(days=1 + n), 6))
        assert await portfolio.ask(factor, id=case.case_id) == [(points,)]


async def test_a_case_of_which_it_is_not_known_what_it_owes_stays_as_it_is(
    portfolio: Portfolio,
) -> None:
    case = await portfolio.case(dpd=77)
    await portfolio.ask("DELETE FROM demand WHERE account_id = :id RETURNING 1", id=case.account_id)
    await portfolio.begin(MONDAY + timedelta(days=1))
    assert (await portfolio.standing(case))[0] == 77


async def test_a_day_begins_once_and_never_twice_at_once(portfolio: Portfolio) -> None:
    await portfolio.case()
    assert sorted(await asyncio.gather(*(portfolio.begin(MONDAY) for _ in range(4)))) == [
        False, False, False, True,
    ]  # fmt: skip
    assert not await portfolio.begin(MONDAY, hour=9)


async def test_midnight_is_the_branchs_own(portfolio: Portfolio) -> None:
    late_evening = datetime(2026, 11, 23, 23, 59, tzinfo=ZONE)
    assert portfolio.branch in await begin_days(portfolio.database, late_evening)
    assert portfolio.branch not in await begin_days(portfolio.database, late_evening)
    assert portfolio.branch in await begin_days(
        portfolio.database, late_evening + timedelta(minutes=2)
    )


async def test_what_the_day_began_with_is_kept(portfolio: Portfolio) -> None:
    late = await portfolio.case(due_on=MONDAY - timedelta(days=10), dpd=10)
    await portfolio.case(due_on=MONDAY + timedelta(days=10), dpd=0)
    await portfolio.promise(late, 10_000, MONDAY)
    await portfolio.begin(MONDAY)
    await portfolio.begin(MONDAY + timedelta(days=1))
    async with portfolio.database.transaction(Scope((portfolio.branch,))) as session:
        newest, first = await store.days(session, portfolio.branch, 5)
    assert (newest.day, newest.cases, newest.late) == (MONDAY + timedelta(days=1), 2, 1)
    assert newest.overdue == Money(50_000, "CLP")
    assert (newest.promises_kept, newest.promises_part_kept, newest.promises_broken) == (0, 0, 1)
    assert first.promises_broken == 0


@pytest.mark.parametrize(
    ("minor", "paid_at", "grace", "state"),
    [
        (0, None, 0, "broken"),
        (30_000, at(TUESDAY, 23, 59), 0, "kept"),
        (29_999, at(TUESDAY, 23, 59), 0, "part_kept"),
        (30_000, at(TUESDAY + timedelta(days=1), 0, 0), 0, "broken"),
        (30_000, at(TUESDAY + timedelta(days=1), 0, 0), 1, "kept"),
        (30_000, MONDAY_NINE, 0, "kept"),
        (30_000, MONDAY_NINE - timedelta(seconds=1), 0, "broken"),
    ],
)
async def test_a_promise_is_kept_by_what_came_in_until_its_day_was_over(
    portfolio: Portfolio, minor: int, paid_at: datetime | None, grace: int, state: str
) -> None:
    if grace:
        await portfolio.set_grace(grace)
    case = await portfolio.case()
    promise = await portfolio.promise(case, 30_000, TUESDAY)
    if paid_at:
        await portfolio.pay(case, minor, paid_at)
    await portfolio.begin(TUESDAY + timedelta(days=1 + grace))
    assert (await portfolio.word(promise))[0] == state


async def test_nothing_is_judged_before_the_day_and_its_grace_are_over(
    portfolio: Portfolio,
) -> None:
    await portfolio.set_grace(2)
    promise = await portfolio.promise(await portfolio.case(), 30_000, MONDAY)
    await portfolio.begin(MONDAY + timedelta(days=2))
    assert await portfolio.word(promise) == ("open", 0, None)
    await portfolio.begin(MONDAY + timedelta(days=3))
    assert (await portfolio.word(promise))[0] == "broken"


async def test_a_receipt_keeps_a_promise_at_once_and_a_late_one_mends_the_verdict(
    portfolio: Portfolio,
) -> None:
    case = await portfolio.case()
    early = await portfolio.promise(case, 10_000, TUESDAY)
    await portfolio.pay(case, 10_000, at(MONDAY, 17))
    assert await portfolio.word(early) == ("kept", 10_000, at(MONDAY, 17))
    # Taken in time by a phone that was offline, it comes in after the promise was judged.
    late = await portfolio.promise(case, 20_000, TUESDAY, at(MONDAY, 18))
    await portfolio.begin(TUESDAY + timedelta(days=1))
    assert (await portfolio.word(late))[0] == "broken"
    thursday = at(TUESDAY + timedelta(days=2), 9)
    await portfolio.pay(case, 5_000, at(TUESDAY, 12), thursday)
    assert (await portfolio.word(late))[:2] == ("part_kept", 5_000)
    await portfolio.pay(case, 15_000, at(TUESDAY, 13), thursday)
    assert (await portfolio.word(late))[:2] == ("kept", 20_000)
    assert (await portfolio.word(early))[:2] == ("kept", 10_000)


async def test_many_promises_are_judged_as_one_by_one(portfolio: Portfolio) -> None:
    rng = np.random.default_rng(7)
    expected = {}
    for _ in range(40):
        case = await portfolio.case()
        due_on = MONDAY + timedelta(days=int(rng.integers(0, 4)))
        minor, paid_minor = 1_000 * int(rng.integers(1, 4)), 0
        promise = await portfolio.promise(case, minor, due_on)
        for _ in range(int(rng.integers(0, 4))):
            paid_at = MONDAY_NINE + timedelta(hours=int(rng.integers(-24, 39)))
            part_minor = 500 * int(rng.integers(1, 4))
            await portfolio.pay(case, part_minor, paid_at)
            if paid_at >= MONDAY_NINE and paid_at.astimezone(ZONE).date() <= due_on:
                paid_minor += part_minor
        over = due_on < MONDAY + timedelta(days=2)
        short = ("part_kept" if paid_minor else "broken") if over else "open"
        state = "kept" if paid_minor >= minor else short
        expected[promise] = (state, min(paid_minor, minor))
    await portfolio.begin(MONDAY + timedelta(days=2))
    judged = {promise: (await portfolio.word(promise))[:2] for promise in expected}
    assert judged == expected


CHRISTMAS = date(2026, 12, 25)  # a Friday; Monday 28 is the next working day


@pytest.mark.parametrize(
    ("days", "expected"), [(0, (0, 0)), (2, (0, 0)), (3, (0, 50_000)), (4, (1, 50_000))]
)
async def test_what_is_due_on_a_holiday_is_late_after_the_next_working_day(
    portfolio: Portfolio, days: int, expected: tuple[int, int]
) -> None:
    case = await portfolio.case(due_on=CHRISTMAS, dpd=0)
    await portfolio.begin(CHRISTMAS + timedelta(days=days))
    dpd, _, _, overdue_minor, _ = await portfolio.standing(case)
    assert (dpd, overdue_minor) == expected


async def test_an_advance_pays_what_falls_due_the_oldest_first(portfolio: Portfolio) -> None:
    case = await portfolio.case(due_on=TUESDAY, dpd=0, due_minor=50_000)
    await portfolio.ask(
        "UPDATE account SET advance_minor = 70000 WHERE id = :id RETURNING 1", id=case.account_id
    )
    await portfolio.ask(
        "INSERT INTO demand (id, branch_id, account_id, due_on, principal_minor, interest_minor,"
        " charges_minor, penal_minor, total_minor)"
        " SELECT :id, branch_id, account_id, due_on + 7, 50000, 0, 0, 0, 50000 FROM demand"
        " WHERE account_id = :account RETURNING 1",
        id=new_id(),
        account=case.account_id,
    )

    async def paid() -> list[int]:
        found = await portfolio.ask(
            "SELECT paid_minor FROM demand WHERE account_id = :id ORDER BY due_on",
            id=case.account_id,
        )
        [account] = await portfolio.ask(
            "SELECT advance_minor FROM account WHERE id = :id", id=case.account_id
        )
        return [*(r.paid_minor for r in found), account.advance_minor]

    await portfolio.begin(MONDAY)
    assert await paid() == [0, 0, 70_000]
    await portfolio.begin(TUESDAY)
    assert await paid() == [50_000, 0, 20_000]
    assert (await portfolio.standing(case))[3] == 0
    await portfolio.begin(TUESDAY + timedelta(days=7))
    assert await paid() == [50_000, 20_000, 0]
    assert (await portfolio.standing(case))[3] == 30_000
    async with portfolio.database.transaction(EVERYTHING) as session:
        await give_back(session, case.account_id, 60_000)
    assert await paid() == [10_000, 0, 60_000]


async def plan_of(portfolio: Portfolio, case: ACase, since: date = MONDAY, **changed: Any) -> None:
    [account] = await portfolio.ask(
        "SELECT source_ref FROM account WHERE id = :id", id=case.account_id
    )
    told: dict[str, Any] = {
        "first_on": TUESDAY, "every": 7, "unit": "day", "installments": 3, "principal_minor": 100,
        "interest_minor": 20,
    } | changed  # fmt: skip
    async with portfolio.database.transaction(Scope((portfolio.branch,))) as session:
        await set_plans(session, [InstallmentPlan(account.source_ref, **told)], since)


async def planned(portfolio: Portfolio, case: ACase) -> list[tuple[date, int, int]]:
    found = await portfolio.ask(
        "SELECT due_on, principal_minor, interest_minor FROM demand"
        " WHERE account_id = :id AND installment_no > 0 ORDER BY due_on",
        id=case.account_id,
    )
    return [tuple(r) for r in found]


async def test_a_plan_becomes_demands_as_they_come_near_and_loses_nothing(
    portfolio: Portfolio,
) -> None:
    case = await portfolio.case(due_on=MONDAY - timedelta(days=400))
    await portfolio.ask(
        "UPDATE demand SET installment_no = NULL WHERE account_id = :id RETURNING 1",
        id=case.account_id,
    )
    await plan_of(portfolio, case)
    await portfolio.begin(MONDAY)
    week = timedelta(days=7)
    two = [(TUESDAY, 33, 6), (TUESDAY + week, 33, 7)]
    assert await planned(portfolio, case) == two
    await plan_of(portfolio, case)
    await portfolio.begin(MONDAY + week)
    assert await planned(portfolio, case) == [*two, (TUESDAY + 2 * week, 34, 7)]
    await portfolio.begin(MONDAY + 6 * week)
    assert len(await planned(portfolio, case)) == 3


async def test_a_demand_of_a_file_stays_beside_a_plan(portfolio: Portfolio) -> None:
    """By its number (1, a day off), and by its day."""
    case = await portfolio.case(due_on=TUESDAY - timedelta(days=1), due_minor=500)
    await plan_of(portfolio, case, first_on=TUESDAY, installments=2)
    await portfolio.begin(MONDAY)
    assert await planned(portfolio, case) == [(MONDAY, 500, 0), (TUESDAY + timedelta(7), 50, 10)]
    other = await portfolio.case(due_on=TUESDAY, due_minor=500)
    await plan_of(portfolio, other, first_on=TUESDAY - timedelta(days=7), since=TUESDAY)
    await portfolio.begin(TUESDAY)
    assert (await planned(portfolio, other))[0] == (TUESDAY, 500, 0)


async def test_a_month_without_the_day_has_its_last_one(portfolio: Portfolio) -> None:
    found = await portfolio.ask(
        "SELECT installment_due_on('2027-01-31', 1, 'month', k) AS d FROM generate_series(1, 3) k"
    )
    assert [r.d for r in found] == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


async def test_a_plan_is_of_accounts_that_are_there(portfolio: Portfolio) -> None:
    plan = InstallmentPlan("NOWHERE", MONDAY, 1, "month", 12, 1200)
    async with portfolio.database.transaction(Scope((portfolio.branch,))) as session:
        with pytest.raises(InvalidField, match="NOWHERE"):
            await set_plans(session, [plan], MONDAY)
        with pytest.raises(InvalidField, match="each account once"):
            await set_plans(session, [plan, plan], MONDAY)


@pytest.mark.parametrize(
    "changed", [{"every": 0}, {"installments": 0}, {"interest_minor": -1}, {"principal_minor": 11}]
)
def test_a_plan_that_cannot_be_is_refused(changed: dict[str, int]) -> None:
    told: dict[str, Any] = {"every": 1, "installments": 12, "principal_minor": 1200} | changed
    with pytest.raises(InvalidField):
        InstallmentPlan("L1", MONDAY, unit="month", **told)
