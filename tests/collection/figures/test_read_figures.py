"""Figures agree with each other however they are asked for, and with the rows they stand for."""

from datetime import date, timedelta
from random import Random

import pytest

from collection.figures.days.end_days import count_again, end_day_of, end_days
from collection.figures.figure import FIGURES
from collection.figures.period import Grouping
from collection.figures.targets.set_month import set_costs, set_targets
from collection.figures.targets.target import Cost, CostKind, Target
from data.session import EVERYTHING, Database
from tests.collection.figures.scene import FIRST, NOW, TODAY, Lender, a_lender, at, busy_weeks

FLOWS = [f.name for f in FIGURES.values() if not f.over and not f.is_level]
LEVELS = [f.name for f in FIGURES.values() if f.is_level]
NOVEMBER = date(2026, 11, 1)


@pytest.fixture(scope="module")
async def lender(database: Database) -> Lender:
    """All days but today are ended; targets and costs are set."""
    lender = await a_lender(database)
    await busy_weeks(lender)
    await end_days(database, NOW, FIRST)
    north, south = [code for code in lender.branches if code != lender.head]
    one = next(agent for agent, code in lender.agents.items() if code == south)
    async with database.transaction(EVERYTHING) as session:
        targets = [Target(north, None, "collected", 10_001), Target(south, one, "collected", 7_000)]
        await set_targets(session, lender.boss, NOVEMBER, targets, NOW)
        costs = [Cost(north, None, CostKind.WAGES, 3_001), Cost(south, one, CostKind.TRAVEL, 100)]
        await set_costs(session, lender.boss, NOVEMBER, costs, NOW)
    return lender


async def test_days_weeks_months_and_every_level_below_add_up_to_the_same(lender: Lender) -> None:
    random = Random(1)
    spans = [(FIRST, TODAY), (NOVEMBER, TODAY), (TODAY, TODAY)]
    for _ in range(4):
        first = FIRST + timedelta(days=random.randint(0, 60))
        spans.append((first, first + timedelta(days=random.randint(0, 40))))
    for first, last in spans:
        for grouping in Grouping:
            if grouping is Grouping.ALL:
                continue
            report = await lender.report(first, last, grouping)
            for name in FLOWS:
                told = sum(row.values[name] or 0 for row in report.rows)
                assert told == (report.total.values[name] or 0), (name, grouping, first, last)
            if grouping in (Grouping.BRANCH, Grouping.AGENT, Grouping.PRODUCT):
                for name in LEVELS:
                    told = sum(row.values[name] or 0 for row in report.rows)
                    assert told == report.total.values[name], (name, grouping, first, last)


async def test_a_branch_is_its_agents_and_an_agent_is_the_rows(lender: Lender) -> None:
    whole = await lender.report(FIRST, TODAY, Grouping.BRANCH)
    for branch in whole.rows:
        agents = await lender.report(FIRST, TODAY, Grouping.AGENT, branch=branch.key)
        assert agents.total.values == branch.values
        for row in agents.rows:
            if not row.key:
                assert row.values["collected"] == 0  # what belongs to no agent: costs
                continue
            [found] = await lender.ask(
                "SELECT (SELECT coalesce(sum(amount_minor), 0) FROM receipt"
                "        WHERE agent_id = CAST(:agent AS uuid))"
                " - (SELECT coalesce(sum(amount_minor), 0) FROM receipt r JOIN receipt_reversal v"
                "    ON v.receipt_id = r.id WHERE r.agent_id = CAST(:agent AS uuid)) AS minor",
                agent=row.key,
            )
            assert row.values["collected"] == found.minor


async def test_what_stands_is_told_of_the_last_day_of_a_period(lender: Lender) -> None:
    days = await lender.report(TODAY - timedelta(days=1), TODAY, Grouping.DAY)
    assert [row.values["cases"] for row in days.rows] == [16, 16]
    month = await lender.report(NOVEMBER, TODAY, Grouping.MONTH)
    assert month.rows[0].values["overdue"] == days.rows[1].values["overdue"] == 16 * 50_000
    gone = await lender.report(FIRST, FIRST, Grouping.DAY)
    assert gone.rows[0].values["overdue"] == 0  # nobody saw it then


async def test_a_target_is_borne_by_days_and_by_whoever_has_it(lender: Lender) -> None:
    end = date(2026, 11, 30)
    days = await lender.report(NOVEMBER, end, Grouping.DAY)
    assert sum(row.targets["collected"] for row in days.rows) == 17_001
    assert days.total.targets == {"collected": 17_001}
    branches = await lender.report(NOVEMBER, end, Grouping.BRANCH)
    assert sorted(row.targets.get("collected", 0) for row in branches.rows)[-2:] == [7_000, 10_001]
    agents = await lender.report(NOVEMBER, end, Grouping.AGENT)
    assert sum(row.targets.get("collected", 0) for row in agents.rows) == 7_000
    assert all(row.label for row in agents.rows if row.key)
    by_product = await lender.report(NOVEMBER, end, Grouping.PRODUCT)
    assert not any(row.targets for row in by_product.rows)


async def test_costs_are_spread_to_the_last_peso(lender: Lender) -> None:
    days = await lender.report(NOVEMBER, date(2026, 11, 30), Grouping.DAY)
    assert sum(row.values["cost"] or 0 for row in days.rows) == 3_101
    assert {row.values["cost"] for row in days.rows} <= {103, 104, 105}
    per_receipt = days.total.values["cost_per_receipt"]
    assert per_receipt == 3_101 / (days.total.values["receipts"] or 1)


async def test_a_day_that_ended_is_told_as_when_it_ran(lender: Lender) -> None:
    """What is kept is what was told live, but for the way, which is known only then."""
    live = await lender.report(TODAY, TODAY, Grouping.AGENT)
    tomorrow = at(TODAY + timedelta(days=1), 1)
    async with lender.database.transaction(EVERYTHING) as session:
        for branch in lender.branches.values():
            assert await end_day_of(session, branch, TODAY, tomorrow)
            assert not await end_day_of(session, branch, TODAY, tomorrow)
        await session.flush()
    kept = await lender.report(TODAY, TODAY, Grouping.AGENT, tomorrow)
    assert kept.rows == live.rows
    rolls = await lender.ask(
        "SELECT sum(cases) AS cases FROM bucket_roll WHERE branch_id = ANY (:b) AND day = :day",
        b=list(lender.branches.values()), day=TODAY,
    )  # fmt: skip
    assert rolls[0].cases == 16


async def test_what_comes_late_is_counted_and_nothing_else_changes(database: Database) -> None:
    lender = await a_lender(database)
    agent, _, case = lender.cases[0]
    await lender.take(agent, case, 100, at(TODAY - timedelta(days=1)))
    ended = await end_days(database, NOW)
    assert {b for b, _ in ended} >= set(lender.branches.values())
    assert await end_days(database, NOW) == []
    assert await count_again(database, NOW) == 0
    late = at(TODAY, 10)
    await lender.take(agent, case, 50, at(TODAY - timedelta(days=1), 20), late)
    yesterday = TODAY - timedelta(days=1)
    assert (await lender.report(yesterday, yesterday, Grouping.ALL)).total.values[
        "collected"
    ] == 100
    before = await lender.report(yesterday, yesterday, Grouping.AGENT)
    assert await count_again(database, late) == 1
    assert await count_again(database, late) == 0
    after = await lender.report(yesterday, yesterday, Grouping.AGENT)
    assert after.total.values["collected"] == 150
    assert after.total.values["overdue"] == before.total.values["overdue"] == 16 * 50_000
