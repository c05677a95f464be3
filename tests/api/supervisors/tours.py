"""A tour of an agent, as their phone sends it."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.api.conftest import bearer
from tests.api.supervisors.scenes import rfc3339
from tests.conftest import MONDAY_NINE
from tests.tracking.trails.walks import Way


async def get(client: httpx.AsyncClient, token: str, path: str) -> httpx.Response:
    answer = await client.get(path, headers=bearer(token))
    assert answer.status_code == 200, answer.text
    return answer


Ping = dict[str, Any]


def pings_of(way: Way, every_s: float = 20, begin: datetime = MONDAY_NINE) -> list[Ping]:
    t_s, lat, lon, accuracy_m, altitude_m, _ = way.seen(every_s, noise_m=3).columns()
    return [
        {
            "captured_at": rfc3339(begin + timedelta(seconds=t)),
            "lat": y, "lon": x, "accuracy_m": a, "altitude_m": z,
        }
        for t, y, x, a, z in zip(
            (t_s - t_s[0]).tolist(), lat.tolist(), lon.tolist(), accuracy_m.tolist(),
            altitude_m.tolist(), strict=True,
        )
    ]  # fmt: skip


async def send(client: httpx.AsyncClient, key: str, pings: list[Ping]) -> None:
    answer = await client.post("/v1/pings", json={"pings": pings}, headers=bearer(key))
    assert answer.json()["stored"] == len(pings), answer.text


def tour() -> Way:
    """Two stops, 300 s and 900 s, and 2.4 km in between and back."""
    return Way().go(600, 0).wait(300).go(600, 600).wait(900).go(0, 0, 5)
