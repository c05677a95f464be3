"""What it costs a request to find out who asks and what they may: the same route with and without.

One process answers itself, without a network between, and each kind of route in turn, so that what
else the machine does falls on all alike. `bare` opens a transaction and reads a row; `authorized`
knows its caller by their token, counts the request and checks the role first; `proven` checks the
proof that comes with a phone's token besides, and that it is new; `audited` is put on the audit
trail, as every read of personal data is. Fails when authorization costs a median
request more than a millisecond.
"""

import argparse
import asyncio
import hashlib
import json
import os
import statistics
import sys
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import ECKey
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from api.app import create_app
from api.attached import attach
from api.deps import Db, Supervisor
from benchmarks._ping_field import own_database
from benchmarks.sign_in import BRANCH
from core.clock import Clock
from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from data.tables.identity import AccessToken
from identity.enroll import NewStaff, employ, open_branch
from identity.principal import Role
from identity.secret import hash_secret, new_secret

MOST_MS = 1.0
KINDS = ("bare", "authorized", "proven", "audited")
WARM = 50


async def _a_row(database: Database) -> int:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return len(await rows(session, "SELECT id FROM branch"))


def _application() -> FastAPI:
    app = create_app()

    @app.get("/bench/bare")
    async def bare(database: Db) -> int:
        return await _a_row(database)

    @app.get("/bench/authorized")
    async def authorized(request: Request, caller: Supervisor, database: Db) -> int:  # noqa: ARG001
        request.state.is_audited = True  # as if it were: that is the next one's
        return await _a_row(database)

    app.get("/bench/proven")(authorized)

    @app.get("/bench/audited")
    async def audited(caller: Supervisor, database: Db) -> int:  # noqa: ARG001
        return await _a_row(database)

    return app


class Bound:
    """A token that is bound to a key, and the proofs of that key."""

    def __init__(self) -> None:
        self.token = new_secret("rt")
        self._key = ECKey.generate_key("P-256")
        self.thumbprint = urlsafe_b64decode(self._key.thumbprint() + "=")

    def headers(self, path: str, now: datetime) -> dict[str, str]:
        """The headers of a request."""
        hashed = urlsafe_b64encode(hashlib.sha256(self.token.encode()).digest())
        claims = {
            "htm": "GET", "htu": path, "iat": now.timestamp(), "jti": str(new_id()),
            "ath": hashed.rstrip(b"=").decode(),
        }  # fmt: skip
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._key.as_dict(private=False)}
        return {
            "Authorization": f"Bearer {self.token}",
            "DPoP": jwt.encode(head, claims, self._key),
        }


async def _a_token(database: Database, bound: Bound, now: datetime) -> str:
    token = new_secret("rt")
    async with database.transaction(EVERYTHING) as session:
        await open_branch(session, BRANCH)
        new = NewStaff(BRANCH.code, Role.SUPERVISOR, "Person", "person", "correct horse battery")
        staff_id, _ = await employ(session, new)
        for secret, proof_key in ((token, None), (bound.token, bound.thumbprint)):
            await session.execute(
                insert(AccessToken).values(
                    id=new_id(), token_hash=hash_secret(secret), staff_id=staff_id, issued_at=now,
                    expires_at=now + timedelta(hours=1), proof_key=proof_key,
                )
            )  # fmt: skip
    return token


async def measure(url: str, redis_url: str, requests: int) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of each kind, and the processor's part of the mean, in ms."""
    now = datetime.now(UTC)
    live = LiveBus(redis_url)
    database = Database(url, live)
    app = _application()
    attach(app, database, live, Clock(now, now, 1))
    bound = Bound()
    unbound = {"Authorization": f"Bearer {await _a_token(database, bound, now)}"}
    wall_ms: dict[str, list[float]] = {kind: [] for kind in KINDS}
    worked_ms = dict.fromkeys(KINDS, 0.0)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        for n in range(-WARM, requests):
            for kind in KINDS:
                path = f"/bench/{kind}"
                headers = (
                    bound.headers(path, app.state.clock.now()) if kind == "proven" else unbound
                )
                began, worked = time.perf_counter(), time.process_time()
                answer = await client.get(path, headers=headers)
                answer.raise_for_status()
                if n >= 0:
                    wall_ms[kind].append((time.perf_counter() - began) * 1000)
                    worked_ms[kind] += (time.process_time() - worked) * 1000 / requests
    await database.close()
    await live.close()
    return {kind: _figures(wall_ms[kind], worked_ms[kind]) for kind in KINDS}


def _figures(wall_ms: list[float], worked_ms: float) -> dict[str, float]:
    spread = statistics.quantiles(wall_ms, n=20)
    return {
        "p50_ms": round(spread[9], 3), "p95_ms": round(spread[18], 3),
        "cpu_ms": round(worked_ms, 3),
    }  # fmt: skip


def main() -> None:
    """``./roundsman bench auth -- --requests 1000 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    options = parser.parse_args()
    os.environ["ROUNDSMAN_REQUESTS_PER_MIN_ACTOR"] = "60000"
    os.environ["ROUNDSMAN_REQUESTS_PER_MIN_ADDRESS"] = "60000"
    with own_database() as url:
        found = asyncio.run(measure(url, os.environ["REDIS_URL"], options.requests))
    overhead_ms = round(found["authorized"]["p50_ms"] - found["bare"]["p50_ms"], 3)
    if not options.json:
        show(found, overhead_ms)
    told: dict[str, Any] = {"bench": "auth", "requests": options.requests}
    print(json.dumps(told | found | {"overhead_p50_ms": overhead_ms}))
    if overhead_ms > MOST_MS:
        sys.exit(f"authorization costs a median request {overhead_ms} ms, more than {MOST_MS} ms")


def show(found: dict[str, dict[str, float]], overhead_ms: float) -> None:
    """The table for people."""
    table = Table("a request", "p50 ms", "p95 ms", "processor ms", box=None)
    for kind, figures in found.items():
        table.add_row(kind, *(f"{figures[name]:.2f}" for name in ("p50_ms", "p95_ms", "cpu_ms")))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"Authorization costs a median request {overhead_ms:.2f} ms.")


if __name__ == "__main__":
    main()
