"""Whether others still sign in while a crowd tries wrong passwords.

A crowd keeps wrong passwords coming, from one address or each from its own, at accounts that
exist: whoever is answered tries again at once. Meanwhile others sign in with the right one, one
after another: regulars, who have signed in from their address before, and newcomers. Fails when
one of the crowd gets in, or a regular does not.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks._ping_field import own_database
from benchmarks._ping_server import api
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from identity.enroll import NewBranch, open_branch
from identity.secret import hash_password

PASSWORD = "correct horse battery"  # noqa: S105 opens a database that lives for a minute
BRANCH = NewBranch("BENCH", "Bench", "America/Santiago", "CL", "CLP", None, None)
PEOPLE = """
INSERT INTO staff (id, branch_id, role, full_name, username, password_hash)
SELECT gen_random_uuid(), :branch, 'supervisor', 'Person', kind || i, :hash
FROM generate_series(1, :each) i, unnest(ARRAY['victim', 'regular', 'newcomer']) kind RETURNING 1
"""
MOST_TURNS = 6
"""How often the sign-in page asks at most, where a crowd is in the way."""
CHUNK = 40
"""So many of the others sign in, one after another."""

LIMITS = """
The crowd is a process of its own that stands back for all others, as it would be elsewhere. Each
guess is hashed on purpose, one at a time for every two cores, so newcomers who come together with
the first guesses of many addresses wait for some of them; later they pass whoever has guessed
before. A crowd from ever fresh addresses looks like newcomers, and only known people get past it
for sure.
"""

MOST_S = 60
"""Those whose turn has not come by then are not waited for."""


@dataclass
class Waited:
    """How long each sign-in of somebody took, and how it was answered."""

    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked_again: int = 0

    @property
    def figures(self) -> dict[str, Any]:
        """Median and 95th percentile of those who got in, and how many of how many did."""
        got_in = [s for s, status in zip(self.seconds, self.statuses, strict=True) if status == 200]
        spread = statistics.quantiles(got_in, n=20) if len(got_in) > 1 else [float("nan")] * 19
        return {
            "in": len(got_in), "of": len(self.seconds),
            "p50_s": round(spread[9], 3), "p95_s": round(spread[18], 3),
            "asked_again": self.asked_again,
            "answers": {str(s): self.statuses.count(s) for s in sorted(set(self.statuses))},
        }  # fmt: skip


async def settle(url: str, each: int) -> None:
    """People with the same password, whose hash is made once."""
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        branch = await open_branch(session, BRANCH)
        hashed = await asyncio.to_thread(hash_password, PASSWORD)
        await rows(session, PEOPLE, branch=branch, each=each, hash=hashed)
    await database.close()


async def try_in(
    client: httpx.AsyncClient, waited: Waited, username: str, password: str, address: str
) -> None:
    """One sign-in from an address, which asks again as the page does when a crowd is in the way."""
    began = time.monotonic()
    for turn in range(1, MOST_TURNS + 1):
        answer = await client.post(
            "/v1/sign-in", json={"username": username, "password": password},
            headers={"X-Forwarded-For": address},
        )  # fmt: skip
        if answer.json().get("type") != "/problems/sign-in-crowd" or turn == MOST_TURNS:
            break
        waited.asked_again += 1
        await asyncio.sleep(answer.json()["retry_after_s"])
    waited.seconds.append(time.monotonic() - began)
    waited.statuses.append(answer.status_code)
    client.cookies.clear()


async def others(client: httpx.AsyncClient, kind: str, first: int, network: str) -> Waited:
    """`CHUNK` people of a kind, each from their own address, one after another."""
    waited = Waited()
    try:
        async with asyncio.timeout(MOST_S):
            for n in range(first, first + CHUNK):
                await try_in(client, waited, f"{kind}{n}", PASSWORD, f"{network}.{n}")
    except TimeoutError:
        waited.seconds.append(MOST_S)
        waited.statuses.append(0)
    return waited


@asynccontextmanager
async def crowd_of(port: int, tries: list[tuple[str, str]]) -> AsyncIterator[dict[str, int]]:
    """A crowd for the block; how often it was answered with what is told at its end."""
    answers: dict[str, int] = {}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks._sign_in_crowd",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"port": port, "tries": tries}).encode() + b"\n")
    await process.stdin.drain()
    await process.stdout.readline()
    try:
        yield answers
        process.stdin.close()
        answers.update(json.loads(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def crowded(
    client: httpx.AsyncClient, port: int, crowd: int, first: int, *, one_address: bool
) -> dict[str, dict[str, Any]]:
    """What the crowd and the others meet at the same time."""

    def address(n: int) -> str:
        return "198.51.100.1" if one_address else f"10.{first}.{n // 250}.{n % 250 + 1}"

    tries = [(f"victim{n + 1}", address(n)) for n in range(crowd)]
    async with crowd_of(port, tries) as answers:
        regular, newcomer = await asyncio.gather(
            others(client, "regular", 1, "192.0.2"), others(client, "newcomer", first, "203.0.113")
        )
    if answers.get("200") or answers.get("cut off") or regular.statuses.count(200) < CHUNK:
        sys.exit(f"the crowd was answered {answers}, the regulars {regular.figures['answers']}")
    return {
        "crowd": {"of": crowd, "answers": answers},
        "regular": regular.figures,
        "newcomer": newcomer.figures,
    }


async def measure(port: int, crowd: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Alone, beside a crowd from one address, and beside one from everywhere."""
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        timeout=300,
        limits=httpx.Limits(max_connections=None),
    ) as client:
        await others(client, "regular", 1, "192.0.2")
        found = {
            "nobody else": {"regular": (await others(client, "regular", 1, "192.0.2")).figures}
        }
        found["one address"] = await crowded(client, port, crowd, 1, one_address=True)
        found["an address each"] = await crowded(client, port, crowd, 1 + CHUNK, one_address=False)
        return found


def show(found: dict[str, dict[str, dict[str, Any]]]) -> None:
    """The table for people."""
    table = Table(
        "the crowd comes from", "who", "got in", "p50 s", "p95 s", "asked again", "answers",
        box=None,
    )  # fmt: skip
    for crowd, people in found.items():
        for who, f in people.items():
            told = ", ".join(f"{n} × {status}" for status, n in f["answers"].items())
            table.add_row(
                crowd, who, f"{f.get('in', 0)} of {f['of']}",
                *(f"{f.get(figure, '')}" for figure in ("p50_s", "p95_s", "asked_again")), told,
            )  # fmt: skip
    console = Console(highlight=False)
    console.print(table)
    console.print(LIMITS)


async def forget_counts(redis_url: str) -> None:
    """Begin with nobody counted."""
    bus = LiveBus(redis_url)
    await bus.carry_out([("FLUSHDB",)])
    await bus.close()


def main() -> None:
    """``./roundsman bench sign_in -- --crowd 1000 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crowd", type=int, default=1000)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    options = parser.parse_args()
    asyncio.run(forget_counts(os.environ["REDIS_URL"]))
    with own_database() as url:
        asyncio.run(settle(url, max(options.crowd, 3 * CHUNK)))
        with api(url) as port:
            found = asyncio.run(measure(port, options.crowd))
    if not options.json:
        show(found)
    print(json.dumps({"bench": "sign_in", "crowd": options.crowd} | found))


if __name__ == "__main__":
    main()
