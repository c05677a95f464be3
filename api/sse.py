"""Server-sent events: the hub's events as a stream of text."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

from fastapi.responses import StreamingResponse

from api.reader import locale_of_reader
from map_ui.audience import Event
from map_ui.live_words import in_locale

LONGEST_S = 600.0
"""A stream ends after this; the browser resumes it."""

ASKED_EVERY_S = 5.0
"""How often it is asked again whether somebody may watch, before they are told more."""


class EventStream(StreamingResponse):
    """An answer that stays open and tells events as they happen, while its reader may watch."""

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncGenerator[Event], may_watch: Callable[[], Awaitable[bool]]
    ) -> None:
        # Proxies that gather an answer before they pass it on would hold the map still.
        headers = {"X-Accel-Buffering": "no"}
        super().__init__(_text(events, may_watch, locale_of_reader()), headers=headers)


async def _text(
    events: AsyncGenerator[Event], may_watch: Callable[[], Awaitable[bool]], locale: str
) -> AsyncIterator[bytes]:
    now_s = asyncio.get_running_loop().time
    ends_at_s, ask_at_s = now_s() + LONGEST_S, now_s() + ASKED_EVERY_S
    yield b": hello\n\n"
    try:
        async for event in events:
            if now_s() >= ask_at_s:
                if not await may_watch():
                    return
                ask_at_s = now_s() + ASKED_EVERY_S
            yield in_locale(event, locale)
            if now_s() > ends_at_s:
                return
    finally:
        await events.aclose()
