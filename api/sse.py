"""Server-sent events: the hub's events as a stream of text."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi.responses import StreamingResponse

from api.reader import locale_of_reader
from map_ui.audience import Event
from map_ui.live_words import in_locale

LONGEST_S = 600.0
"""A stream ends after this; the browser resumes it, and who may watch is asked again."""


class EventStream(StreamingResponse):
    """An answer that stays open and tells events as they happen."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[Event]) -> None:
        # Proxies that gather an answer before they pass it on would hold the map still.
        headers = {"X-Accel-Buffering": "no"}
        super().__init__(_text(events, locale_of_reader()), headers=headers)


async def _text(events: AsyncGenerator[Event], locale: str) -> AsyncIterator[bytes]:
    ends_at_s = asyncio.get_running_loop().time() + LONGEST_S
    yield b": hello\n\n"
    try:
        async for event in events:
            yield in_locale(event, locale)
            if asyncio.get_running_loop().time() > ends_at_s:
                return
    finally:
        await events.aclose()
