"""How long the beginning of a day takes: promises judged, and every case worked out anew.

A lender's portfolio after some months: per account three demands, receipts that paid some of
them, visits, and for some a promise. Fails when a figure is not what the benchmark's own sums say.
The limit beside ours is the same number of rows rewritten by one UPDATE that works nothing out.
"""

import argparse
import asyncio
import json
import statistics
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks._ping_field import own_database
from collection.portfolio.day.begin_days import begin_days
from core.geometry import LatLon
from data.session import EVERYTHING, Database, enter, rows
from identity.enroll import NewBranch, open_branch

ZONE = "America/Santiago"
DAY = date(2026, 11, 24)
REPEATS = 3
BRANCHES = 5

AGENT = """
WITH person AS (
    INSERT INTO staff (id, branch_id, role, full_name, username, password_hash)
    VALUES (gen_random_uuid(), :branch, 'agent', 'Agent', lower(:code), '') RETURNING id
)
INSERT INTO agent_profile (agent_id, branch_id, home)
SELECT id, :branch, ST_MakePoint(-71.25, -29.9)::geography FROM person RETURNING agent_id
"""

PORTFOLIO = """
WITH person AS MATERIALIZED (
    SELECT n, gen_random_uuid() AS customer, gen_random_uuid() AS address,
           gen_random_uuid() AS account, gen_random_uuid() AS kase,
           (random() * 140)::int - 20 AS behind, random() AS word, random() AS paid
    FROM generate_series(1, :many) n
), customers AS (
    INSERT INTO customer (id, branch_id, source_ref, full_name)
    SELECT customer, :branch, :code || n, 'Customer ' || n FROM person RETURNING 1
), addresses AS (
    INSERT INTO address (id, branch_id, customer_id, line, provenance)
    SELECT address, :branch, customer, 'Street ' || n, 'source' FROM person RETURNING 1
), accounts AS (
    INSERT INTO account (id, branch_id, customer_id, source_ref, product_code, currency,
                         principal_outstanding_minor)
    SELECT account, :branch, customer, :code || n, 'loan', 'CLP', 900000 FROM person RETURNING 1
), demands AS (
    INSERT INTO demand (id, branch_id, account_id, due_on, principal_minor, interest_minor,
                        charges_minor, penal_minor, total_minor, paid_minor)
    SELECT gen_random_uuid(), :branch, account, CAST(:day AS date) - behind + 30 * part, 900, 100,
           0, 0, 1000, CASE WHEN part = 0 AND paid < .3 THEN 1000 ELSE 0 END
    FROM person, generate_series(0, 2) part RETURNING 1
), cases AS (
    INSERT INTO case_file (id, branch_id, account_id, customer_id, address_id, dpd, bucket,
                           overdue_minor, urgency, urgency_factors, opened_at, as_of)
    SELECT kase, :branch, account, customer, address, 0, 'X', 0, 1, '[]', :before,
           CAST(:day AS date) - 1 FROM person RETURNING 1
), words AS (
    INSERT INTO promise (id, branch_id, account_id, case_id, amount_minor, currency, due_on,
                         made_at, source, body_hash)
    SELECT gen_random_uuid(), :branch, account, kase, 1000, 'CLP',
           CAST(:day AS date) - 1 + (n % 2), :before, 'agent', ''
    FROM person WHERE word < .1 RETURNING 1
), visits AS (
    INSERT INTO check_in (id, branch_id, agent_id, case_id, device_time, server_time, verdict,
                          reasons, body_hash)
    SELECT gen_random_uuid(), :branch, :agent, kase,
           CAST(:before AS timestamptz) - make_interval(days => n % 60), :before, 'verified', '[]',
           '' FROM person, generate_series(1, 3) RETURNING 1
)
SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM addresses)
     + (SELECT count(*) FROM accounts) + (SELECT count(*) FROM demands)
     + (SELECT count(*) FROM cases) + (SELECT count(*) FROM words)
     + (SELECT count(*) FROM visits) AS rows
"""

# The sums once more, from the demands, without the product's code.
EXPECTED = """
SELECT count(*) AS cases,
       count(*) FILTER (WHERE c.dpd <> coalesce(greatest(CAST(:day AS date) - d.oldest, 0), 0)
                           OR c.overdue_minor <> coalesce(d.minor, 0)
                           OR c.as_of <> :day) AS wrong
FROM case_file c LEFT JOIN (
    SELECT account_id, min(due_on) AS oldest,
           sum(total_minor - paid_minor) FILTER (WHERE due_on <= :day) AS minor
    FROM demand WHERE paid_minor < total_minor GROUP BY account_id) d USING (account_id)
"""
WORDS = "SELECT count(*) AS wrong FROM promise WHERE (state = 'broken') <> (due_on < :day)"
BARE = "UPDATE case_file SET dpd = dpd + 1, urgency = 100 - urgency / 2 RETURNING 1"


@dataclass(frozen=True, slots=True)
class Begun:
    """Seconds that days took to begin, those of bare updates, and what was in them."""

    seconds: list[float]
    bare_s: list[float]
    cases: int
    broken: int


async def measured(url: str, seed: int, accounts: int) -> Begun:
    """Days that begin one after the other on the same portfolio."""
    database = Database(url)
    at = datetime.combine(DAY, time(0, 5), ZoneInfo(ZONE))
    try:
        for number in range(BRANCHES):
            await _portfolio(database, number, seed, accounts // BRANCHES, at)
        await asyncio.to_thread(_analyze, url)
        took_s, bare_s, broken = [], [], 0
        for turn in range(REPEATS):
            day, now = DAY + timedelta(days=turn), at + timedelta(days=turn)
            began = perf_counter()
            begun = await begin_days(database, now)
            took_s.append(perf_counter() - began)
            if len(begun) != BRANCHES:
                sys.exit(f"{len(begun)} of {BRANCHES} days have begun")
            cases, broken = await _checked(database, day)
            bare_s.append(await _bare(database))
        return Begun(took_s, bare_s, cases, broken)
    finally:
        await database.close()


async def _portfolio(database: Database, number: int, seed: int, many: int, at: datetime) -> None:
    code = f"BOD{number}"
    async with database.transaction(EVERYTHING) as session:
        branch = await open_branch(
            session, NewBranch(code, code, ZONE, "CL", "CLP", LatLon(-29.9, -71.25), None)
        )
        [agent] = await rows(session, AGENT, branch=branch, code=code)
        await rows(session, "SELECT setseed(:seed)", seed=(seed * 7 + number) % 1000 / 1000)
        await rows(
            session, PORTFOLIO, many=many, branch=branch, code=code, agent=agent.agent_id, day=DAY,
            before=at - timedelta(days=2),
        )  # fmt: skip


async def _checked(database: Database, day: date) -> tuple[int, int]:
    """(cases, broken promises). Ends the benchmark when a figure is not what it should be."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        [cases] = await rows(session, EXPECTED, day=day)
        [words] = await rows(session, WORDS, day=day)
        [broken] = await rows(
            session, "SELECT count(*) AS many FROM promise WHERE state = 'broken'"
        )
    if not cases.cases or cases.wrong or words.wrong:
        sys.exit(f"{cases.wrong} of {cases.cases} cases and {words.wrong} promises are wrong")
    return cases.cases, broken.many


async def _bare(database: Database) -> float:
    """Seconds of an UPDATE of all cases; it is rolled back."""
    async with AsyncSession(database.engine) as session, session.begin() as transaction:
        await enter(session, EVERYTHING)
        began = perf_counter()
        await rows(session, BARE)
        took_s = perf_counter() - began
        await transaction.rollback()
    return took_s


def _analyze(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("ANALYZE")


def main() -> None:
    """``./roundsman bench bod -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(prog="roundsman bench bod", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--accounts", type=int, default=100_000)
    options = parser.parse_args()
    with own_database() as url:
        begun = asyncio.run(measured(url, options.seed, options.accounts))
    seconds, bare_s = statistics.median(begun.seconds), statistics.median(begun.bare_s)
    figures = {
        "accounts": begun.cases,
        "broken": begun.broken,
        "seconds": round(seconds, 2),
        "bare_update_s": round(bare_s, 2),
        "ratio": round(seconds / bare_s, 2),
    }
    if not options.json:
        table = Table(f"{begun.cases:,} accounts", "seconds", box=None)
        table.add_row("a day begins", f"{seconds:.2f}")
        table.add_row("one UPDATE of as many cases", f"{bare_s:.2f}")
        Console().print(table)
    print(json.dumps({"bench": "bod", "seed": options.seed, **figures}))


if __name__ == "__main__":
    main()
