"""What leaves the house: an alert's title, and nothing of its detail."""

import json
from uuid import UUID

from map_ui.push.notice import Notice

ID = UUID("01a2b3c4-0000-7000-8000-000000000001")


def test_a_notice_is_the_title_and_the_way_to_the_map() -> None:
    assert json.loads(Notice(ID, "cash_limit", "Diego has reached the cash limit").content()) == {
        "title": "Diego has reached the cash limit", "body": "Open the map", "kind": "cash_limit",
        "alert_id": str(ID), "url": f"/?alert={ID}",
    }  # fmt: skip


def test_a_panic_is_urgent_and_other_alerts_are_not() -> None:
    assert Notice(ID, "panic", "Help").headers()["Urgency"] == "high"
    assert Notice(ID, "cash_limit", "Full").headers()["Urgency"] == "normal"


def test_the_topic_is_the_alerts_own_and_short_enough() -> None:
    topic = Notice(ID, "panic", "Help").headers()["Topic"]
    assert topic == "AaKzxAAAcACAAAAAAAAAAQ"
    assert len(topic) <= 32


def test_the_longest_title_fits_into_one_message() -> None:
    content = Notice(ID, "panic", "é" * 5000).content()
    assert len(json.loads(content)["title"]) == 200
    assert json.loads(content)["title"].endswith("…")
    assert len(content) < 1000
