"""Server-sent events: the hub's events as a stream of text."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi.responses import StreamingResponse

from map_ui.audience import Event

LONGEST_S = 600.0
"""A stream ends after this; the browser resumes it, and who may watch is asked again."""


class EventStream(StreamingResponse):
    """An answer that stays open and tells events as they happen."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[Event]) -> None:
        # Proxies that gather an answer before they pass it on would hold the map still.
        super().__init__(_text(events), headers={"X-Accel-Buffering": "no"})


async def _text(events: AsyncGenerator[Event]) -> AsyncIterator[bytes]:
    ends_at_s = asyncio.get_running_loop().time() + LONGEST_S
    yield b": hello\n\n"
    try:
        async for event in events:
            yield event.text
            if asyncio.get_running_loop().time() > ends_at_s:
                return
    finally:
        await events.aclose()
