"""Quarantine, as administrators see it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.devices.end_key import revoke
from identity.principal import Role
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token
from tests.tracking.parcels import Walker, a_walker, dirty_of, one, stored
from tracking import store
from tracking.ping import Unusable

FORM = b"id=(device key)&lat=-29.9&lon=-71.25&timestamp=1795435200&speed=1.94384"
"""A form that today's decoder reads: as if an older one had not."""


@pytest.fixture
async def walker(database: Database) -> Walker:
    return await a_walker(database)


async def an_admin(database: Database, branch_id: Any) -> str:
    async with database.transaction(EVERYTHING) as session:
        return await a_token(session, await a_person(session, branch_id, Role.ADMIN))


@pytest.fixture
async def token(database: Database, walker: Walker) -> str:
    return await an_admin(database, walker.branch_id)


async def keep(
    database: Database,
    walker: Walker,
    body: bytes = FORM,
    protocol: str = "traccar",
    *,
    reason: str = "an older decoder could not",
    at: datetime = MONDAY_NINE,
) -> Any:
    async with database.transaction(EVERYTHING) as session:
        parts = [Unusable(reason, body)]
        await store.quarantine(session, walker.branch_id, walker.device_id, protocol, parts, at)
    newest = "SELECT id FROM quarantine WHERE device_id = :device ORDER BY id DESC LIMIT 1"
    return (await one(database, newest, device=walker.device_id)).id


async def act(
    client: httpx.AsyncClient, token: str, entry: Any, action: str, key: str | None = None
) -> httpx.Response:
    headers = bearer(token) | ({"Idempotency-Key": key} if key else {})
    return await client.post(f"/v1/quarantine/{entry}/{action}", headers=headers)


async def look(client: httpx.AsyncClient, token: str, path: str = "") -> Any:
    answer = await client.get(f"/v1/quarantine{path}", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_list_tells_what_waits_the_newest_first_page_by_page(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    minutes = [timedelta(minutes=n) for n in range(3)]
    ids = [str(await keep(database, walker, at=MONDAY_NINE + after)) for after in minutes]
    first = await look(client, token, "?limit=2")
    assert [line["id"] for line in first["items"]] == [ids[2], ids[1]]
    line = first["items"][0]
    assert (line["device_id"], line["protocol"]) == (str(walker.device_id), "traccar")
    assert (line["size_bytes"], line["resolution"]) == (len(FORM), None)
    assert line["device"].startswith("Phone ")
    rest = await look(client, token, f"?limit=2&cursor={first['next_cursor']}")
    assert [line["id"] for line in rest["items"]] == [ids[0]]
    assert rest["next_cursor"] is None


async def test_the_list_may_be_narrowed_down(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    form = str(await keep(database, walker))
    track = str(await keep(database, walker, b"<gpx/>", "gpx"))
    await act(client, token, form, "dismiss")

    async def ids(query: str) -> list[str]:
        return [line["id"] for line in (await look(client, token, query))["items"]]

    assert await ids("?protocol=gpx") == [track]
    assert await ids("?resolved=true") == [form]
    assert await ids("?resolved=false") == [track]
    assert await ids(f"?device_id={walker.device_id}") == [track, form]
    assert await ids(f"?device_id={new_id()}") == []


@pytest.mark.parametrize("query", ["?limit=0", "?cursor=x", "?device_id=7", "?resolved=maybe"])
async def test_a_question_that_cannot_be_is_named(
    client: httpx.AsyncClient, token: str, query: str
) -> None:
    answer = await client.get(f"/v1/quarantine{query}", headers=bearer(token))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query[1:].split("=", maxsplit=1)[0]


async def test_an_entry_shows_its_bytes_and_what_todays_decoder_makes_of_them(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    entry = await look(client, token, f"/{await keep(database, walker)}")
    assert (entry["text"], entry["base64"]) == (FORM.decode(), None)
    assert entry["reason"] == "an older decoder could not"
    assert entry["reading"] == {
        "usable": 1,
        "pings": [
            {
                "captured_at": "2026-11-23T12:00:00Z", "lat": -29.9, "lon": -71.25,
                "accuracy_m": None,
            }
        ],
        "reasons": [],
    }  # fmt: skip


async def test_bytes_that_are_no_text_are_shown_in_base64_with_why_they_cannot_be_used(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    kept = await keep(database, walker, b"id=1&lat=9\x00")
    entry = await look(client, token, f"/{kept}")
    assert (entry["text"], entry["base64"]) == (None, "aWQ9MSZsYXQ9OQA=")
    assert entry["reading"]["usable"] == 0
    assert entry["reading"]["reasons"] == ["lat: a number"]


@pytest.mark.parametrize(
    ("body", "protocol"),
    [
        (FORM, "traccar"),
        (
            b'{"location":{"timestamp":"2026-11-23T12:00:00Z","coords":'
            b'{"latitude":-29.9,"longitude":-71.25}}}',
            "traccar",
        ),
        (b'{"_type":"location","lat":-29.9,"lon":-71.25,"tst":1795435200}', "owntracks"),
        (b'{"captured_at":"2026-11-23T12:00:00Z","lat":-29.9,"lon":-71.25}', "batch"),
        (b'{"captured_at":"2026-11-23T12:00:00Z","lat":-29.9,"lon":-71.25}', "refused"),
        (
            b'<gpx><trkpt lat="-29.9" lon="-71.25"><time>2026-11-23T12:00:00Z</time></trkpt></gpx>',
            "gpx",
        ),
    ],
)
async def test_a_replay_takes_the_pings_in_as_of_when_they_came(
    client: httpx.AsyncClient,
    database: Database,
    walker: Walker,
    token: str,
    body: bytes,
    protocol: str,
) -> None:
    entry = await keep(database, walker, body, protocol)
    answer = await act(client, token, entry, "replay")
    assert answer.status_code == 200, answer.text
    assert answer.json()["resolution"] == "replayed"
    assert answer.json()["stored"] == 1
    (row,) = await stored(database, walker)
    assert (row.captured_at, row.received_at) == (MONDAY_NINE, MONDAY_NINE)
    assert (await dirty_of(database, walker)).dirty_from == MONDAY_NINE
    line = await look(client, token, f"/{entry}")
    assert line["resolution"] == "replayed"
    assert line["resolved_by"] == "Sofía Rojas"


async def test_times_are_judged_as_of_when_the_message_came(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    soon = MONDAY_NINE + timedelta(minutes=6)
    ahead = f"lat=1&lon=2&timestamp={int(soon.timestamp())}".encode()
    early = await keep(database, walker, ahead)
    late = await keep(database, walker, ahead, at=soon)
    refused = await act(client, token, early, "replay")
    assert refused.status_code == 409
    assert "ahead of the server" in refused.json()["reason"]
    assert (await act(client, token, late, "replay")).json()["stored"] == 1


@pytest.mark.parametrize(
    ("body", "protocol", "reason"),
    [
        (b"lat=91&lon=0&timestamp=1795435200", "traccar", "lat: degrees from -90 to 90"),
        (b'{"_type":"encrypted","data":"x"}', "owntracks", "encryption key"),
        (b"lat=1&lon=2&timestamp=1795435199", "traccar", "nobody was on duty"),
        (b"\xff", "batch", "Send one JSON object"),
    ],
)
async def test_what_still_cannot_be_used_says_why_and_stays(
    client: httpx.AsyncClient,
    database: Database,
    walker: Walker,
    token: str,
    body: bytes,
    protocol: str,
    reason: str,
) -> None:
    entry = await keep(database, walker, body, protocol)
    answer = await act(client, token, entry, "replay")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/still-unusable"
    assert reason in answer.json()["detail"]
    assert (await look(client, token, f"/{entry}"))["resolution"] is None
    assert await stored(database, walker) == []


async def test_parts_that_still_cannot_be_used_become_entries_of_their_own(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    good = b'{"_type":"location","lat":1,"lon":2,"tst":1795435200}'
    entry = await keep(database, walker, b"[" + good + b',{"_type":5}]', "owntracks")
    answer = (await act(client, token, entry, "replay")).json()
    assert (answer["stored"], answer["quarantined"]) == (1, 1)
    (waiting,) = (await look(client, token, "?resolved=false"))["items"]
    assert waiting["reason"].startswith("_type")


async def test_a_message_that_is_only_a_sign_of_life_is_done_with(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    entry = await keep(database, walker, b"batt=50")
    answer = (await act(client, token, entry, "replay")).json()
    assert (answer["resolution"], answer["stored"]) == ("replayed", 0)


async def test_of_two_administrators_who_replay_at_once_one_does(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    other = await an_admin(database, walker.branch_id)
    entry = await keep(database, walker)
    answers = await asyncio.gather(
        *(act(client, each, entry, "replay") for each in (token, other) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["type"] == "/problems/already-resolved"
    assert len(await stored(database, walker)) == 1
    assert (await dirty_of(database, walker)).marks == 1


async def test_a_ping_that_came_again_meanwhile_is_not_stored_twice(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    entry = await keep(database, walker)
    query = FORM.decode().replace("(device key)", walker.key)
    assert (await client.get(f"/gps?{query}")).status_code == 200
    assert (await act(client, token, entry, "replay")).json()["stored"] == 1
    assert len(await stored(database, walker)) == 1


async def test_the_same_key_gets_the_same_answer(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    for action in ("replay", "dismiss"):
        entry = await keep(database, walker)
        first = await act(client, token, entry, action, "once")
        assert first.status_code == 200
        assert (await act(client, token, entry, action, "once")).json() == first.json()
        assert (await act(client, token, entry, action, "twice")).status_code == 409


async def test_a_dismissed_entry_stays_in_the_list_and_cannot_be_replayed(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    entry = await keep(database, walker)
    assert (await act(client, token, entry, "dismiss")).json()["resolution"] == "dismissed"
    answer = await act(client, token, entry, "replay")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "It was dismissed at 2026-11-23 12:00 UTC"
    assert await stored(database, walker) == []


async def test_the_pings_of_a_phone_revoked_since_may_still_be_taken_in(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    entry = await keep(database, walker)
    async with database.transaction(EVERYTHING) as session:
        await revoke(session, walker.device_id, MONDAY_NINE + timedelta(minutes=1))
    assert (await act(client, token, entry, "replay")).json()["stored"] == 1


async def test_entries_of_other_branches_are_not_there(
    client: httpx.AsyncClient, database: Database, walker: Walker
) -> None:
    entry = await keep(database, walker)
    async with database.transaction(EVERYTHING) as session:
        elsewhere = await a_branch(session)
        await a_device(session, elsewhere)
    stranger = await an_admin(database, elsewhere)
    assert (await look(client, stranger))["items"] == []
    for answer in (
        await client.get(f"/v1/quarantine/{entry}", headers=bearer(stranger)),
        await act(client, stranger, entry, "replay"),
        await act(client, stranger, entry, "dismiss"),
    ):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/entry-not-found"


async def test_a_message_can_be_corrected_and_what_came_is_kept(
    client: httpx.AsyncClient, database: Database, walker: Walker, token: str
) -> None:
    wrong = FORM.replace(b"lat=-29.9", b"lat=-29,9")
    entry = await keep(database, walker, wrong)
    assert (await act(client, token, entry, "replay")).json()["type"] == "/problems/still-unusable"
    right = {"text": FORM.decode(), "reason": "A comma for a point"}
    edited = await client.post(f"/v1/quarantine/{entry}/edits", json=right, headers=bearer(token))
    assert edited.status_code == 201, edited.text
    seen = await look(client, token, f"/{entry}")
    assert seen == edited.json()
    assert (seen["text"], seen["original_text"]) == (FORM.decode(), wrong.decode())
    assert [edit["reason"] for edit in seen["edits"]] == ["A comma for a point"]
    assert seen["reading"]["usable"] == 1
    again = await client.post(f"/v1/quarantine/{entry}/edits", json=right, headers=bearer(token))
    assert again.json()["errors"][0]["field"] == "text"
    assert (await act(client, token, entry, "replay")).json()["stored"] == 1
    late = await client.post(f"/v1/quarantine/{entry}/edits", json=right, headers=bearer(token))
    assert late.json()["type"] == "/problems/already-resolved"
