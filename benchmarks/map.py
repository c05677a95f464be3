"""How fast the live map is: frames a second at rest and while it is dragged, how soon a ping that
was committed is on the screen, how soon the page can be used, and a day's replay.

A real API, agents riding on real streets at one ping a second, Chromium drawing in software with
every other host blocked. Beside it stands a plain Folium page with one object an agent.
"""

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from rich.console import Console
from rich.table import Table

from benchmarks._map_folium import peer_page
from benchmarks._map_page import (
    FRAMES,
    PAN,
    REPLAY,
    Frames,
    browser,
    frames,
    open_live,
    page_on,
    until,
)
from benchmarks._ping_field import own_database, settle, streets_file
from benchmarks._ping_load import at
from benchmarks._ping_server import api, result_of, start_load
from core.settings import settings
from data.session import EVERYTHING, Database, rows
from streets.basemap import basemap
from streets.network import build
from streets.publish import publish

console = Console(stderr=True, highlight=False)

BARS = {
    "fps_500": (">=", 55), "pan_500": (">=", 45), "lag_p95_ms": ("<=", 300), "pan_2000": (">=", 40),
    "first_ms": ("<=", 1500), "replay_ms": ("<=", 500),
}  # fmt: skip
SPAN_MS = 3000
DAY_PINGS = 5000
LEAST_SEEN = 0.9
"""Of the pings acknowledged while the page was open: if fewer were on the screen, nothing was
measured."""

YESTERDAY = """
INSERT INTO ping (device_id, captured_at, lat, lon, agent_id, branch_id, received_at, accuracy_m,
                  is_mock)
SELECT o.device_id, at, -29.9 + 0.02 * sin(n / 300.0), -71.25 + 0.02 * sin(n / 170.0), o.agent_id,
       o.branch_id, at, 5 + n % 20, false
FROM sign_on o JOIN staff s ON s.id = o.agent_id AND s.username = 'agent1',
     generate_series(1, :count) AS n,
     LATERAL (SELECT CAST(:noon AS timestamptz) + (n - :count / 2) * interval '5 seconds' AS at) t
RETURNING 1
"""
"""A day of the first agent on an endless ride, a ping every five seconds."""


def main() -> None:
    """``./roundsman bench map -- --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--streets", default="demo", help="as ./roundsman streets takes it")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    options = parser.parse_args()
    figures: dict[str, Any] = {"load_average": os.getloadavg()}
    with browser() as opened, streets_file(options.streets, 2000, 2000, options.seed) as streets:
        figures |= five_hundred(opened, streets, options)
        figures |= two_thousand(opened, streets, options)
        for agents in (500, 2000):
            figures |= peer(opened, agents, options)
    if not options.json:
        console.print(table(figures))
    print(json.dumps(figures))


def five_hundred(opened: Browser, streets: Path, options: argparse.Namespace) -> dict[str, Any]:
    """500 agents at a ping a second."""
    with serving(500, options) as url:
        port = int(url.rsplit(":", 1)[1])
        duration_s = 12 + options.repeats * (2 * SPAN_MS / 1000 + 1)
        load = start_load(
            port, **order(streets, 500, 500, duration_s, options.seed), tell_answered=True
        )
        time.sleep(4)  # the phones put their messages together
        with page_on(opened, url) as page:
            open_live(page, url, 500)
            page.wait_for_timeout(1500)
            came = page.evaluate("Object.keys(window.arrivals).length")
            rest = frames(opened, page, options.repeats, FRAMES, SPAN_MS)
            pan = frames(opened, page, options.repeats, PAN, ["#map_live", SPAN_MS])
            arrivals = page.evaluate("window.arrivals")
            if len(arrivals) <= came:
                raise SystemExit("no ping came to the page")
            answered = result_of(load)["answered_at_s"]
        lags = lags_ms(answered, arrivals)
        days = replays_ms(opened, url, options.repeats)
        firsts = [first(opened, url, 500) for _ in range(max(3, options.repeats))]
    return {
        "fps_500": rest.median, "pan_500": pan.median, "lag_p95_ms": round(at(0.95, lags), 1),
        "lag_p50_ms": round(at(0.5, lags), 1), "pings_seen": len(lags),
        "first_ms": round(statistics.median(usable for usable, _ in firsts)),
        "tiled_ms": round(statistics.median(tiled for _, tiled in firsts)),
        "replay_ms": round(statistics.median(days)), "replays_ms": [round(each) for each in days],
        "rest_500": asdict(rest), "dragged_500": asdict(pan),
    }  # fmt: skip


def two_thousand(opened: Browser, streets: Path, options: argparse.Namespace) -> dict[str, Any]:
    """2,000 agents at a ping every four seconds: as many messages a second as before."""
    with serving(2000, options) as url:
        port = int(url.rsplit(":", 1)[1])
        duration_s = 14 + options.repeats * (SPAN_MS / 1000 + 1)
        load = start_load(port, **order(streets, 2000, 500, duration_s, options.seed))
        time.sleep(6)
        with page_on(opened, url) as page:
            open_live(page, url, 2000)
            until(page, "() => Object.keys(window.arrivals).length > 500")
            pan: Frames = frames(opened, page, options.repeats, PAN, ["#map_live", SPAN_MS])
        load.terminate()
        load.wait()
    return {"pan_2000": pan.median, "dragged_2000": asdict(pan)}


def peer(opened: Browser, agents: int, options: argparse.Namespace) -> dict[str, Any]:
    """The same of a plain Folium page."""
    with peer_page(opened, agents, options.seed) as (page, loaded_ms):
        rest = frames(opened, page, options.repeats, FRAMES, SPAN_MS)
        pan = frames(opened, page, options.repeats, PAN, [".leaflet-container", SPAN_MS])
    return {
        f"folium_fps_{agents}": rest.median, f"folium_pan_{agents}": pan.median,
        f"folium_first_ms_{agents}": round(loaded_ms),
    }  # fmt: skip


def first(opened: Browser, url: str, agents: int) -> tuple[float, float]:
    """Open the page with nothing in the browser's cache."""
    with page_on(opened, url) as page:
        return open_live(page, url, agents)


def replays_ms(opened: Browser, url: str, repeats: int) -> list[float]:
    """From asking for yesterday's replay of the first agent, 5,000 pings, to its being painted."""
    took = []
    with page_on(opened, url) as page:
        open_live(page, url, 500)
        page.fill(".search input", "Agent 1")
        page.click(".row[data-agent-id] >> text=/^Agent 1$/")
        page.click('[data-testid="replay"]')
        until(page, "() => window.roundsman.replay?.ready")
        for _ in range(max(3, repeats)):
            took.append(page.evaluate(REPLAY, ["The day before", LEAST_SEEN * DAY_PINGS]))
            page.evaluate(REPLAY, ["The day after", 0])
    return took


def order(
    streets: Path, agents: int, rate_per_s: int, duration_s: float, seed: int
) -> dict[str, Any]:
    """What the phones are to send: open-loop, a message for each ping."""
    return {
        "agents": agents, "rate_per_s": rate_per_s, "interval_s": agents / rate_per_s, "batch": 1,
        "count": int(rate_per_s * duration_s), "duration_s": duration_s, "lines": 16,
        "streets": str(streets), "seed": seed, "start_s": time.time() - 1,
    }  # fmt: skip


def lags_ms(answered_at_s: dict[str, float], arrivals_ms: dict[str, float]) -> list[float]:
    """From when a phone was told that its ping is stored until it was on the screen, in order.

    Ends the benchmark when many of the pings in between were never shown.
    """
    opened_ms, closed_ms = min(arrivals_ms.values()), max(arrivals_ms.values())
    asked = {
        stamp: 1000 * at_s
        for stamp, at_s in answered_at_s.items()
        if opened_ms < 1000 * at_s < closed_ms - 1000
    }
    seen = sorted(
        arrivals_ms[stamp] - at_ms for stamp, at_ms in asked.items() if stamp in arrivals_ms
    )
    if len(seen) < LEAST_SEEN * len(asked) or not seen:
        raise SystemExit(f"only {len(seen)} of {len(asked)} pings came to the screen")
    return seen


@contextmanager
def serving(agents: int, options: argparse.Namespace) -> Iterator[str]:
    """The product with a field of so many agents and a basemap; where it answers."""
    with own_database() as url:
        # In a thread of its own: the browser's driver has an event loop running in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _settle(url, agents, options.streets)).result()
        with api(url) as port:
            yield f"http://127.0.0.1:{port}"


async def _settle(url: str, agents: int, streets: str) -> None:
    now = datetime.now(UTC)
    await settle(url, now, agents)
    cache = settings().state_dir / "streets"
    graph = build(streets, cache)
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        await publish(session, graph, basemap(streets, graph, cache), streets, now)
        await rows(
            session, YESTERDAY, noon=now.replace(hour=15) - timedelta(days=1), count=DAY_PINGS
        )
    await database.close()


def table(figures: dict[str, Any]) -> Table:
    """Ours against the bars, the peer's beside it."""
    shown = Table("figure", "ours", "bar", "plain Folium", title="The live map")
    peers = {"fps_500": "folium_fps_500", "pan_500": "folium_pan_500",
             "pan_2000": "folium_pan_2000", "first_ms": "folium_first_ms_500"}  # fmt: skip
    for name, (way, bar) in BARS.items():
        if name in figures:
            other = figures.get(peers.get(name, ""), "")
            shown.add_row(name, f"{figures[name]:g}", f"{way} {bar}", str(other))
    return shown


if __name__ == "__main__":
    main()
