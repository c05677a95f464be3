"""How many pings a second one API process commits, how soon a phone is answered, and what is left
of it all when processes and the database are killed.

5,000 agents ride on real streets or stand at a door of their customers; authentication,
de-duplication, dirty marking and live readers are on, with the database's own durability. Closed
loop for rates, open loop (arrival times fixed ahead, so that waiting counts) for latencies. Fails
when a ping that was acknowledged is not in the database.
"""

import argparse
import asyncio
import json
import statistics
import struct
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks._ping_faults import Faults
from benchmarks._ping_field import own_database, settle, streets_file
from benchmarks._ping_load import Walks, at
from benchmarks._ping_server import (
    api,
    readers,
    result_of,
    snapshot_event_id,
    start_load,
    worker,
)
from benchmarks._ping_visits import VisitLag

console = Console(stderr=True, highlight=False)
COLUMNS = (
    "device_id, captured_at, lat, lon, agent_id, branch_id, received_at, accuracy_m, speed_mps,"
    " battery_pct, is_mock"
)


CROWD = 1000
"""Readers of the live map on one process, none of whom should keep a phone waiting."""


class Bench:
    """The cells of one run, on one database; each cell's pings have minutes of their own."""

    def __init__(self, url: str, port: int, streets: Path, options: argparse.Namespace) -> None:
        self._url, self._port, self._streets, self._options = url, port, streets, options
        self._begin_s = time.time() - 3300
        self._runs = 0
        self.acknowledged = 0
        self.rows: list[tuple[str, dict[str, Any]]] = []

    def cell(self, name: str, **order: Any) -> dict[str, Any]:
        """An order carried out `repeats` times: the median of each figure."""
        results = [self._once(order) for _ in range(self._options.repeats)]
        figures = {key: statistics.median(r[key] for r in results) for key in results[0]}
        figures["pings_per_s"] = statistics.median(r["pings"] / r["took_s"] for r in results)
        figures["failures"] = sum(r["failures"] for r in results)
        self.rows.append((name, figures))
        return figures

    def _once(self, order: dict[str, Any]) -> dict[str, Any]:
        self._runs += 1
        order = {
            "agents": self._options.agents, "streets": str(self._streets), "lines": 64,
            "duration_s": self._options.seconds, "watch": self._options.watch,
            "seed": self._options.seed * 1000 + self._runs, "interval_s": 0.5,
            "start_s": self._begin_s + 120 * self._runs,
            "event_id": snapshot_event_id(self._port),
        } | order  # fmt: skip
        result = result_of(start_load(self._port, **order))
        self.acknowledged += result["pings"]
        return result

    def beside(self, count: int, rate_per_s: float) -> dict[str, Any]:
        """An open loop of single pings while so many, in a process of their own, watch the map."""
        with readers(self._port, count):
            return self.cell(
                f"open loop, {rate_per_s:,.0f} Traccar pings/s, {count:,} readers",
                protocol="traccar", batch=1, lines=256, rate_per_s=rate_per_s, watch=0,
                count=int(rate_per_s * self._options.seconds * 1.2), interval_s=2.5,
            )  # fmt: skip

    def copy_rows_per_s(self) -> float:
        """What one connection copies into the same table, in as many rows a transaction."""
        rates = []
        with psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True) as connection:
            phones = connection.execute(
                "SELECT device_id, agent_id, branch_id FROM sign_on"
            ).fetchall()
            for repeat in range(self._options.repeats):
                parts = list(self._copied(phones, repeat))
                began_s = time.perf_counter()
                for part in parts:
                    with connection.cursor().copy(
                        f"COPY ping ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
                    ) as copy:
                        copy.write(part)
                rates.append(20 * 10_000 / (time.perf_counter() - began_s))
            connection.execute("DELETE FROM ping WHERE battery_pct = 1")
        return statistics.median(rates)

    def _copied(self, phones: list[Any], repeat: int) -> Iterator[bytes]:
        """20 transactions of 10,000 rows in PostgreSQL's binary form."""
        kinds = ["V16", ">i8", ">f8", ">f8", "V16", "V16", ">i8", ">f4", ">f4", ">f4", "u1"]
        parts = [(f"{n}{part}", ">i4" if part == "length" else kind)
                 for n, kind in enumerate(kinds) for part in ("length", "value")]  # fmt: skip
        row = np.dtype([("fields", ">i2"), *parts])
        rng = np.random.default_rng(self._options.seed + repeat)
        ids = [np.array([each[i].bytes for each in phones], "S16").view("V16") for i in range(3)]
        for number in range(20):
            who = np.repeat(rng.integers(0, len(phones), 100), 100)
            begin_us = int((self._begin_s - 946_684_800 + 300 * repeat) * 1e6) + number * 1_000_000
            captured_us = begin_us + np.arange(10_000) * 97
            where = rng.normal((-29.9, -71.25), 0.02, (10_000, 2)).T
            rows = np.empty(10_000, row)
            rows["fields"] = len(kinds)
            values = [ids[0][who], captured_us, *where, ids[1][who], ids[2][who], captured_us,
                      np.full(10_000, 12.5), np.full(10_000, 4.2), np.ones(10_000),
                      np.zeros(10_000)]  # fmt: skip
            for n, value in enumerate(values):
                rows[f"{n}length"] = row[f"{n}value"].itemsize
                rows[f"{n}value"] = value
            head = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
            yield head + rows.tobytes() + struct.pack(">h", -1)

    def visit_lag_p95_s(self) -> float:
        """From a ping's receipt to the decision on its agent's visits, at 2,000 pings a second in
        batches of 10, with two workers."""
        seconds = self._options.visit_seconds
        rate = self._options.visit_rate
        self._begin_anew()
        with worker(self._url), worker(self._url), VisitLag(self._url) as lag:
            # Each phone has taken its ten positions by the time it sends them.
            interval_s = self._options.agents / rate
            order = {
                "batch": 10, "lines": 256, "rate_per_s": rate / 10, "duration_s": seconds,
                "count": int(rate / 10 * seconds * 1.1), "interval_s": interval_s,
                "start_s": time.time() - 10 * interval_s,
            }  # fmt: skip
            result = self._once(order)
            time.sleep(1)
        if result["failures"]:
            console.print(f"{result['failures']} pings of the visit cell were refused")
        return at(0.95, sorted(lag.lags_s))

    def _begin_anew(self) -> None:
        """In place of what the other cells left: an hour for each agent, a ping every 30 s, half of
        the agents at a customer's door."""
        walks = Walks({"seed": self._options.seed, "streets": str(self._streets)})
        begin = datetime.now(UTC) - timedelta(minutes=61)
        with psycopg.connect(self._url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("TRUNCATE ping, agent_dirty, agent_position")
            phones = connection.execute(
                "SELECT s.device_id, s.agent_id, s.branch_id, d.label"
                " FROM sign_on s JOIN device d ON d.id = s.device_id"
            ).fetchall()
            told = f"COPY ping ({COLUMNS}) FROM STDIN"
            with connection.cursor().copy(told) as copy:
                for device, agent, branch, label in phones:
                    for n, (lat, lon) in enumerate(
                        zip(*walks.where(int(label), 120, 30.0), strict=True)
                    ):
                        taken = begin + timedelta(seconds=30 * n)
                        copy.write_row(
                            (device, taken, lat, lon, agent, branch, taken, 12.5, 4.2, 80, False)
                        )
            connection.execute("ANALYZE ping")


def measure(bench: Bench) -> dict[str, Any]:
    """All cells but the faults."""
    single = bench.cell("Traccar Client, one ping a request", protocol="traccar", batch=1,
                        count=60_000)  # fmt: skip
    tens = bench.cell("batches of 10", batch=10, count=30_000)
    hundreds = bench.cell("batches of 100", batch=100, count=8_000)
    # Now that the table is as full as it was for the phones.
    figures: dict[str, Any] = {"copy_rows_per_s": bench.copy_rows_per_s()}
    half = single["pings_per_s"] / 2
    opened = bench.cell(
        f"open loop, {half:.0f} Traccar pings/s", protocol="traccar", batch=1, lines=256,
        rate_per_s=half, count=int(half * 5),
    )  # fmt: skip
    live = bench.cell(
        "open loop, 1,000 Traccar pings/s", protocol="traccar", batch=1, lines=256,
        rate_per_s=1000, count=8000, interval_s=5.0,
    )  # fmt: skip
    crowded = bench.beside(CROWD, 2000)
    return figures | {
        "single_rps": single["pings_per_s"],
        "pings_per_s_10": tens["pings_per_s"],
        "pings_per_s_100": hundreds["pings_per_s"],
        "ratio_100": hundreds["pings_per_s"] / figures["copy_rows_per_s"],
        "p99_ms": opened["p99_ms"],
        "p99_ms_crowd": crowded["p99_ms"],
        "live_p95_ms": live.get("live_p95_ms"),
    }


def stored(url: str) -> tuple[int, int]:
    """Pings and dirty agents in the database."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM ping), (SELECT count(*) FROM agent_dirty)"
        ).fetchone()
    assert row is not None
    return row


def show(bench: Bench, figures: dict[str, Any]) -> None:
    """The table for people."""
    table = Table("", "pings/s", "p50 ms", "p95 ms", "p99 ms", "refused", box=None)
    for name, row in bench.rows:
        numbers = (row["pings_per_s"], row["p50_ms"], row["p95_ms"], row["p99_ms"])
        table.add_row(name, *(f"{number:,.1f}" for number in numbers), str(row["failures"]))
    table.add_row("one COPY connection, same table", f"{figures['copy_rows_per_s']:,.1f}")
    Console(highlight=False).print(table)


def main() -> None:
    """``./roundsman bench ingest -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--seconds", type=float, default=4, help="of each cell")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--watch", type=int, default=100, help="live readers connected")
    parser.add_argument("--agents", type=int, default=5000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--streets", default="demo", help="what ./roundsman streets takes")
    parser.add_argument("--visit-seconds", type=float, default=60)
    parser.add_argument("--visit-rate", type=float, default=2000)
    parser.add_argument("--skip", default="", help="cells to leave out: visits, faults")
    options = parser.parse_args()
    say = console.status("settling agents and customers")
    with say, streets_file(
        options.streets, options.customers, options.agents, options.seed
    ) as streets, own_database() as url:  # fmt: skip
        asyncio.run(settle(url, datetime.now(UTC), options.agents, options.customers, streets))
        with api(url) as port:
            say.update("sending pings")
            bench = Bench(url, port, streets, options)
            figures = measure(bench)
            acknowledged, (pings, dirty) = bench.acknowledged, stored(url)
            if "visits" not in options.skip:
                say.update("deciding visits")
                figures["visit_lag_p95_s"] = bench.visit_lag_p95_s()
        if not bench.acknowledged or not dirty:
            sys.exit("no work was done")
        if pings < acknowledged:
            sys.exit(f"{acknowledged} pings were acknowledged, {pings} are in the database")
        if "faults" not in options.skip:
            figures |= Faults(streets, options.seed).run(say.update)
    if not options.json:
        show(bench, figures)
    print(json.dumps({"bench": "ingest", "seed": options.seed} | figures))
    if figures.get("lost"):
        sys.exit(f"{figures['lost']} acknowledged pings are not in the database")


if __name__ == "__main__":
    main()
