"""How soon leaders see their figures: a quarter of a year of many agents, by each grouping.

Every day but today is ended, as in production: its facts are kept, and today's are counted from
the rows themselves. Beside ours stands one plain SELECT that adds the same columns up over the
driver, without scope, names, shares or today. Fails when the sums differ.
"""

import argparse
import asyncio
import json
import sys
import time
import urllib.request
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from sqlalchemy import make_url

from benchmarks._ping_field import TOKEN, own_database, settle
from benchmarks._ping_server import api
from data.session import EVERYTHING, Database, rows

ZONE = ZoneInfo("America/Santiago")
DAYS = 92
AGENTS = 500
PRODUCTS = 4
MOST_MS = 500
GROUPINGS = ("all", "day", "week", "agent", "product")

FACTS = """
WITH ended AS (
    INSERT INTO ended_day (branch_id, day, ended_at, counted_at, saw_levels)
    SELECT b.id, CAST(:today AS date) - i, :now, :now, true
    FROM branch b, generate_series(1, :days) i RETURNING 1
)
INSERT INTO day_fact (branch_id, day, agent_id, product_code, collected_cash_minor,
    collected_upi_minor, receipts, demand_minor, visits_planned, visits_done, visits_verified,
    visits_productive, agent_days, cases, cases_late, overdue_minor)
SELECT p.branch_id, CAST(:today AS date) - i, p.agent_id, 'P' || n, (random() * 90000)::bigint,
       (random() * 30000)::bigint, (random() * 5)::int, (random() * 200000)::bigint,
       (random() * 6)::int, (random() * 6)::int, (random() * 5)::int, (random() * 3)::int,
       (n = 1)::int, 12, (random() * 12)::int, (random() * 900000)::bigint
FROM agent_profile p, generate_series(1, :days) i, generate_series(1, :products) n
RETURNING 1
"""

BARE = """
SELECT {key} AS key, sum(collected_cash_minor), sum(collected_card_minor),
       sum(collected_transfer_minor), sum(collected_upi_minor), sum(collected_cheque_minor),
       sum(collected_mobile_minor), sum(receipts), sum(paid_current_minor), sum(paid_arrears_minor),
       sum(demand_minor), sum(deposited_minor), sum(promises_made), sum(promised_minor),
       sum(promises_kept), sum(promises_part_kept), sum(promises_broken),
       sum(promises_settled_minor), sum(promises_paid_minor), sum(visits_planned),
       sum(visits_as_planned), sum(visits_done), sum(visits_verified), sum(visits_productive),
       sum(agent_days), sum(ridden_m), sum(cases), sum(cases_late), sum(overdue_minor),
       sum(in_hand_minor)
FROM day_fact WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1 ORDER BY 1
"""
KEYS = {
    "all": "''", "day": "day", "week": "date_trunc('week', day)", "agent": "agent_id",
    "product": "product_code",
}  # fmt: skip


def plain(url: str) -> str:
    """The URL as the driver takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def fill(url: str, now: datetime, today: date) -> int:
    """A branch with its agents and the facts of their days; how many rows of facts."""
    await settle(url, now, AGENTS)
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session, FACTS, now=now, today=today, days=DAYS, products=PRODUCTS
        )  # fmt: skip
    await database.close()
    with psycopg.connect(plain(url), autocommit=True) as owner:
        owner.execute("ANALYZE")
    return len(found)


def answered(port: int, path: str) -> tuple[float, dict[str, Any]]:
    """Seconds until the answer was read, and the answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    began_s = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 our own address
        body = answer.read()
    return time.perf_counter() - began_s, json.loads(body)


def percentile_ms(took_s: list[float], share: float) -> float:
    """A percentile in milliseconds."""
    return round(1000 * float(np.quantile(took_s, share)), 1)


def main() -> None:
    """Measure, print one line of JSON, and fail where it is wrong or too slow."""
    parser = argparse.ArgumentParser(prog="roundsman bench figures", description=__doc__)
    parser.add_argument("--requests", type=int, default=40, help="for each grouping")
    asked = parser.parse_args()
    now = datetime.now(UTC)
    today = now.astimezone(ZONE).date()
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    with own_database() as url:
        facts = asyncio.run(fill(url, now, today))
        with api(url) as port, psycopg.connect(plain(url)) as connection:
            took_s, bare_s = [], []
            for grouping in GROUPINGS:
                path = f"/v1/figures?from={first}&to={last}&by={grouping}"
                bare = BARE.format(key=KEYS[grouping])
                answered(port, path)
                for _ in range(asked.requests):
                    seconds, told = answered(port, path)
                    took_s.append(seconds)
                    began_s = time.perf_counter()
                    found = connection.execute(bare, {"first": first, "last": last}).fetchall()
                    bare_s.append(time.perf_counter() - began_s)
                receipts = sum(row[7] for row in found)
                if told["total"]["values"]["receipts"] != receipts:
                    sys.exit(f"{told['total']['values']['receipts']} receipts, not {receipts}")
    p95_ms = percentile_ms(took_s, 0.95)
    figures = {
        "bench": "figures", "facts": facts, "days": DAYS, "agents": AGENTS,
        "requests": len(took_s), "p50_ms": percentile_ms(took_s, 0.5),
        "p95_ms": p95_ms, "plain_sql_p50_ms": percentile_ms(bare_s, 0.5),
        "plain_sql_p95_ms": percentile_ms(bare_s, 0.95),
    }  # fmt: skip
    print(json.dumps(figures))
    if p95_ms > MOST_MS:
        sys.exit(f"p95 {p95_ms} ms is more than {MOST_MS} ms")


if __name__ == "__main__":
    main()
