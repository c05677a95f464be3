"""What is told live, as who watches speaks and writes."""

from functools import lru_cache

import msgspec

from map_ui.audience import Event
from map_ui.texts.told import told_in

KEPT = 64
"""Events in a locale that are kept for others who watch in it."""


def in_locale(event: Event, locale: str) -> bytes:
    """An event as it goes over the line, with its alerts' words and amounts as in a locale. Events
    without alerts, which are nearly all, go as they are."""
    return _told(event, locale) if b'"alerts":[{' in event.body else event.text


@lru_cache(KEPT)
def _told(event: Event, locale: str) -> bytes:
    body = msgspec.json.decode(event.body)
    for alert in body["alerts"]:
        alert["title"] = told_in(locale, alert["title"])
        alert["detail"] = told_in(locale, alert["detail"])
    return Event(event.name, event.id, msgspec.json.encode(body)).text
