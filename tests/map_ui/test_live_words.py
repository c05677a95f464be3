"""What is told live comes in the language of who watches."""

import msgspec

from map_ui.audience import Event
from map_ui.live_words import in_locale


def an_event(**body: object) -> Event:
    return Event("batch", "7-0", msgspec.json.encode({"alerts": [], "agents": []} | body))


ALERT = {"id": "1", "title": "Asha is back", "detail": "Call Asha now.", "facts": {"out": 2}}


def test_alerts_are_told_in_the_readers_language() -> None:
    told = in_locale(an_event(alerts=[ALERT]), "es")
    id_line, name, data, *_ = told.decode().split("\n")
    assert (id_line, name) == ("id: 7-0", "event: batch")
    [alert] = msgspec.json.decode(data.removeprefix("data: "))["alerts"]
    assert alert == ALERT | {"title": "Asha ha vuelto", "detail": "Llame a Asha ahora."}


def test_what_needs_no_words_goes_as_it_is() -> None:
    quiet = an_event()
    assert in_locale(quiet, "es") is quiet.text


def test_amounts_in_alerts_are_written_as_the_reader_writes_them() -> None:
    alert = ALERT | {"detail": "CLP 45,000 is in transit"}
    assert "$45.000 is in transit" in in_locale(an_event(alerts=[alert]), "es-CL").decode()
    assert "CLP\xa045,000 is in transit" in in_locale(an_event(alerts=[alert]), "en").decode()
