"""How soon a customer with a long history is shown: 20 accounts and 2,000 events, in one call.

Beside ours stands what nobody gets below: the same kinds of rows by one bare SELECT without scope,
names or limits, over the driver. Fails when the answer is not whole or the timeline leaves one out.
"""

import argparse
import asyncio
import json
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
from sqlalchemy import make_url

from benchmarks._ping_field import TOKEN, own_database, settle
from benchmarks._ping_server import api
from data.sealed import sealed
from data.session import EVERYTHING, Database, rows

ACCOUNTS = 20
EVENTS = 2000
OTHERS = 2000
MOST_MS = 100

# A quarter each of dispositions, promises, check-ins and receipts, spread over the customer's
# cases; and others beside with a history of their own, so that there is something to leave out.
HISTORY = """
WITH c AS (
    SELECT id, branch_id, account_id, customer_id, row_number() OVER (ORDER BY id) AS n
    FROM case_file
), a AS (SELECT agent_id FROM agent_profile ORDER BY agent_id LIMIT 1),
e AS (
    SELECT c.*, i, CAST(:now AS timestamptz) - make_interval(mins => (i * 37 + n::int) * 10) AS at
    FROM c CROSS JOIN LATERAL generate_series(
        1, CASE WHEN customer_id = :customer THEN :each ELSE :few END) i
),
dispositions AS (
    INSERT INTO disposition (id, branch_id, case_id, channel, list_id, contact_code, result_code,
                             person, person_name, note, happened_at, recorded_at, recorded_by,
                             body_hash)
    SELECT gen_random_uuid(), e.branch_id, e.id, 'call', l.id, 'no_answer', 'rang',
           'customer', CAST(:words AS bytea), CAST(:words AS bytea), at, at,
           (SELECT agent_id FROM a), ''
    FROM e, value_list l WHERE l.topic = 'call' RETURNING 1
), promises AS (
    INSERT INTO promise (id, branch_id, account_id, case_id, amount_minor, currency, due_on,
                         made_at, source, state, body_hash)
    SELECT gen_random_uuid(), branch_id, account_id, id, 100, 'CLP', at::date, at, 'agent',
           'replaced', '' FROM e RETURNING 1
), check_ins AS (
    INSERT INTO check_in (id, branch_id, agent_id, case_id, device_time, server_time, verdict,
                          reasons, body_hash)
    SELECT gen_random_uuid(), branch_id, (SELECT agent_id FROM a), id, at, at, 'verified', '[]', ''
    FROM e RETURNING 1
), series AS (
    INSERT INTO receipt_series (id, branch_id, agent_id, prefix)
    SELECT gen_random_uuid(), (SELECT id FROM branch), agent_id, 'BENCH' FROM a RETURNING id
)
INSERT INTO receipt (id, branch_id, account_id, case_id, agent_id, series_id, number, mode,
                     amount_minor, advance_minor, outstanding_minor, headroom_minor, currency,
                     taken_at, received_at, body_hash)
SELECT gen_random_uuid(), branch_id, account_id, e.id, (SELECT agent_id FROM a), s.id,
       row_number() OVER (), 'cash', 100, 0, 0, 0, 'CLP', at, at, '' FROM e, series s RETURNING 1
"""

BARE = """
SELECT happened_at AS at, id, case_id FROM disposition WHERE case_id = ANY (%(cases)s)
UNION ALL SELECT made_at, id, case_id FROM promise WHERE case_id = ANY (%(cases)s)
UNION ALL SELECT device_time, id, case_id FROM check_in WHERE case_id = ANY (%(cases)s)
UNION ALL SELECT taken_at, id, case_id FROM receipt WHERE case_id = ANY (%(cases)s)
ORDER BY 1 DESC, 2 DESC LIMIT 50
"""


def plain(url: str) -> str:
    """The URL as the driver takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def fill(url: str, now: datetime) -> tuple[UUID, list[UUID]]:
    """A customer with all the accounts and events, among others; its id, and its cases."""
    with TemporaryDirectory() as folder:
        doors = Path(folder) / "doors.npz"
        rng = np.random.default_rng(1)
        lat, lon = (middle + rng.normal(0, 0.01, ACCOUNTS + OTHERS) for middle in (-29.9, -71.25))
        np.savez(doors, door_lat=lat, door_lon=lon)
        await settle(url, now, 20, ACCOUNTS + OTHERS, doors)
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "WITH t AS (SELECT account_id, min(customer_id::text) OVER ()::uuid AS customer_id"
            "           FROM (SELECT * FROM case_file ORDER BY id LIMIT :accounts) c),"
            " a AS (UPDATE account a SET customer_id = t.customer_id FROM t"
            " WHERE a.id = t.account_id)"
            " UPDATE case_file c SET customer_id = t.customer_id FROM t"
            " WHERE c.account_id = t.account_id RETURNING c.id, c.customer_id",
            accounts=ACCOUNTS,
        )
        customer = found[0].customer_id
        each = EVENTS // (4 * ACCOUNTS)
        words = sealed("Says that the wages come late, and asks to be called on Friday")
        await rows(
            session, HISTORY, customer=customer, each=each, few=2, now=now, words=words
        )  # fmt: skip
    await database.close()
    with psycopg.connect(plain(url)) as owner:
        owner.execute("ANALYZE")
    return customer, [r.id for r in found]


def answered(port: int, path: str) -> tuple[float, Any]:
    """Seconds until the answer was read, and the answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    began_s = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 our own address
        body = answer.read()
    return time.perf_counter() - began_s, json.loads(body)


def check_whole(port: int, customer: UUID, seen: dict[str, Any]) -> int:
    """How many events the timeline has, page by page; exits when something is missing."""
    if len(seen["accounts"]) != ACCOUNTS:
        sys.exit(f"{len(seen['accounts'])} accounts instead of {ACCOUNTS}")
    events, cursor = list(seen["timeline"]["items"]), seen["timeline"]["next_cursor"]
    while cursor:
        path = f"/v1/customers/{customer}/timeline?limit=200&cursor={cursor}"
        page = answered(port, path)[1]
        events, cursor = events + page["items"], page["next_cursor"]
    told = [(event["at"], event["id"]) for event in events]
    if len(set(told)) < EVENTS or told != sorted(told, reverse=True):
        sys.exit(f"{len(set(told))} of {len(told)} events, or not in their order")
    return len(told)


def percentile_ms(took_s: list[float], share: float) -> float:
    """A percentile in milliseconds."""
    return round(1000 * float(np.quantile(took_s, share)), 1)


def main() -> None:
    """Measure, print one line of JSON, and fail where it is too slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    asked = parser.parse_args()
    now = datetime.now(UTC)
    with own_database() as url:
        customer, cases = asyncio.run(fill(url, now))
        with api(url) as port:
            path = f"/v1/customers/{customer}"
            _, seen = answered(port, path)
            events = check_whole(port, customer, seen)
            took_s = [answered(port, path)[0] for _ in range(asked.requests)]
        bare_s = []
        with psycopg.connect(plain(url)) as connection:
            for _ in range(asked.requests):
                began_s = time.perf_counter()
                found = connection.execute(BARE, {"cases": cases}).fetchall()
                bare_s.append(time.perf_counter() - began_s)
        if len(found) != len(seen["timeline"]["items"]):
            sys.exit("the bare SELECT answers another number of events")
    told = {
        "accounts": ACCOUNTS, "events": events, "requests": asked.requests,
        "p50_ms": percentile_ms(took_s, 0.5), "p95_ms": percentile_ms(took_s, 0.95),
        "bare_select_p50_ms": percentile_ms(bare_s, 0.5),
        "bare_select_p95_ms": percentile_ms(bare_s, 0.95),
    }  # fmt: skip
    print(json.dumps(told))
    if told["p95_ms"] > MOST_MS:
        sys.exit(f"p95 {told['p95_ms']} ms is more than {MOST_MS} ms")


if __name__ == "__main__":
    main()
