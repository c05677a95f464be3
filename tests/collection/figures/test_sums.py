"""What facts add up to is kept as they are kept, and read in their place."""

from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from collection.figures.measure import KEPT, LEVELS
from collection.figures.period import whole_months
from data.session import EVERYTHING, Database, rows, run
from tests.factories import a_branch, an_agent

FLOWS = [measure.value for measure in KEPT if measure not in LEVELS]
SUMS = {
    "day_sum": ("branch_id, day, product_code", [*FLOWS, *sorted(LEVELS)]),
    "month_sum": ("branch_id, month, agent_id, product_code", FLOWS),
}


@given(st.dates(date(2023, 1, 1), date(2028, 12, 31)), st.integers(0, 400))
def test_whole_months_are_those_of_which_every_day_is_in_the_span(first: date, days: int) -> None:
    span = {first + timedelta(days=n) for n in range(days + 1)}
    begin, end = whole_months(first, max(span))
    inside = {begin + timedelta(days=n) for n in range((end - begin).days)}
    assert begin.day == 1
    assert end.day == 1
    assert inside <= span
    for day in span - inside:
        month_begins = day.replace(day=1)
        month_ends = (month_begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        assert not {month_begins, month_ends} <= span


async def test_sums_are_those_of_the_facts_whatever_becomes_of_them(
    own_database: Database, own_database_url: str
) -> None:
    random = Random(3)
    async with own_database.transaction(EVERYTHING) as session:
        branches = [await a_branch(session) for _ in range(2)]
        agents = [await an_agent(session, branch) for branch in branches]

    def facts(many: int) -> dict[str, Any]:
        day = date(2026, 10, 20)
        return {
            "branches": [random.choice(branches) for _ in range(many)],
            "days": [day + timedelta(days=random.randint(0, 40)) for _ in range(many)],
            "agents": [random.choice([*agents, None]) for _ in range(many)],
            "products": [random.choice(["MFI", "GOLD", ""]) for _ in range(many)],
            "minor": [random.randint(0, 10**9) for _ in range(many)],
        }

    add = """
        INSERT INTO day_fact (branch_id, day, agent_id, product_code, receipts, demand_minor,
                              overdue_minor)
        SELECT DISTINCT ON (b, d, a, p) b, d, a, p, n % 100, n, n / 3
        FROM unnest(CAST(:branches AS uuid[]), CAST(:days AS date[]), CAST(:agents AS uuid[]),
                    CAST(:products AS text[]), CAST(:minor AS bigint[])) AS f (b, d, a, p, n)
        ON CONFLICT (branch_id, day, agent_id, product_code)
        DO UPDATE SET demand_minor = excluded.demand_minor, ridden_m = day_fact.ridden_m + 7
    """
    plain = make_url(own_database_url).set(drivername="postgresql")
    for _ in range(4):
        async with own_database.transaction(EVERYTHING) as session:
            await run(session, add, **facts(60))
            await run(session, "UPDATE day_fact SET day = day + 1000 WHERE receipts % 9 = 4")
        with psycopg.connect(plain.render_as_string(hide_password=False)) as owner:
            owner.execute("DELETE FROM day_fact WHERE receipts % 7 = 3")
        async with own_database.transaction(EVERYTHING, read_only=True) as session:
            for table, (of, columns) in SUMS.items():
                keys = of.replace("month", "date_trunc('month', day::timestamp)::date AS month")
                summed = ", ".join(f"sum({name})::bigint AS {name}" for name in columns)
                true = await rows(
                    session,
                    f"SELECT {keys}, {summed} FROM day_fact GROUP BY {of} ORDER BY {of}",  # noqa: S608
                )
                kept = await rows(
                    session,
                    f"SELECT {of}, {', '.join(columns)} FROM {table}"  # noqa: S608
                    f" WHERE {' + '.join(columns)} > 0 ORDER BY {of}",
                )
                assert [tuple(row) for row in kept] == [tuple(row) for row in true if any(row[4:])]


async def test_nobody_writes_sums_but_the_database(database: Database) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction(EVERYTHING) as session:
            await run(session, "UPDATE day_sum SET receipts = 0")
