"""The cash desks: they count what agents bring, some minutes later."""

import asyncio
from datetime import datetime, timedelta

from core.clock import Clock
from demo.wire import Wire

COUNTED_AFTER = timedelta(minutes=6)
LOOK_EVERY_S = 2.0
"""In real seconds."""


async def keep_cash_desk(wire: Wire, clock: Clock, stopping: asyncio.Event) -> None:
    """Acknowledge each deposit that has waited long enough, until `stopping`."""
    await wire.sign_in()
    while not stopping.is_set():
        waiting = (await wire.call("GET", "/v1/deposits?state=in_transit")).json()
        for deposit in waiting["items"]:
            if datetime.fromisoformat(deposit["posted_at"]) + COUNTED_AFTER <= clock.now():
                await wire.call("POST", f"/v1/deposits/{deposit['id']}/acknowledge")
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await stopping.wait()
        except TimeoutError:
            continue
