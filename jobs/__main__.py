"""``python -m jobs``: a worker process; ends on SIGTERM or SIGINT."""

import asyncio
import contextlib
import gc
import signal

from core import logging
from core.settings import settings
from jobs.app import work


async def _main() -> None:
    # The modules loaded by now stay: garbage is not looked for in them again.
    gc.collect()
    gc.freeze()
    working = asyncio.create_task(work())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await working


if __name__ == "__main__":
    logging.configure(settings().log_level, json=settings().log_json)
    asyncio.run(_main())
