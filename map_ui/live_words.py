"""What is told live, in the language of who watches."""

from functools import lru_cache

import msgspec

from map_ui.audience import Event
from map_ui.texts.told import told_in

KEPT = 64
"""Events in a language that are kept for others who watch in it."""


def in_language(event: Event, language: str) -> bytes:
    """An event as it goes over the line, with its alerts' words in a language. Events without
    alerts, which are nearly all, go as they are."""
    if language == "en" or b'"alerts":[{' not in event.body:
        return event.text
    return _translated(event, language)


@lru_cache(KEPT)
def _translated(event: Event, language: str) -> bytes:
    body = msgspec.json.decode(event.body)
    for alert in body["alerts"]:
        alert["title"] = told_in(language, alert["title"])
        alert["detail"] = told_in(language, alert["detail"])
    return Event(event.name, event.id, msgspec.json.encode(body)).text
