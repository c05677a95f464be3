"""People who watch the live map, in a process of their own: ``python -m benchmarks._ping_readers``.

Takes the port, how many, and the event to begin after. Reads until it is terminated; then writes
how many were still connected and the bytes that one of them read (the median).
"""

import asyncio
import signal
import statistics
import sys

import uvloop

from benchmarks._ping_field import TOKEN
from benchmarks._ping_load import Watching


async def main() -> None:
    """Connect them, some at a time, and read."""
    port, count, event_id = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    order = {"port": port, "event_id": event_id, "watch_token": TOKEN}
    watchers = [Watching(order, noting=False) for _ in range(count)]
    watching = []
    for watcher in watchers:
        watching.append(asyncio.create_task(watcher.run()))
        if len(watching) % 50 == 0:
            await asyncio.sleep(0.05)
    enough = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, enough.set)
    print("watching", flush=True)
    await enough.wait()
    connected = sum(not task.done() for task in watching)
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    print(connected, int(statistics.median(watcher.bytes for watcher in watchers)))


if __name__ == "__main__":
    uvloop.run(main())
