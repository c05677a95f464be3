"""The supervisors' queue over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from geofence.suspicions.finding import Finding, Kind, Reason
from geofence.suspicions.judge_days import keep
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_person, a_token
from tests.geofence.suspicions.scenes import EVENING, Scene, a_scene


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


async def find(scene: Scene, *codes: str, kind: Kind = Kind.FORGED_DAY, score: float = 0.9) -> Any:
    """Put a finding into the queue; its id."""
    subject = scene.agent_id if kind is Kind.FORGED_DAY else new_id()
    reasons = tuple(
        Reason(code, f"It was {code}", {"pings": 7.0}, MONDAY_NINE, EVENING)
        for code in codes or ("mock-flag",)
    )
    day = MONDAY_NINE.date()
    finding = Finding(scene.branch_id, scene.agent_id, day, kind, subject, score, reasons)
    async with scene.database.transaction(EVERYTHING) as session:
        await keep(session, [finding], EVENING)
        found = await rows(
            session,
            "SELECT id FROM suspicion WHERE kind = :kind AND subject_id = :subject",
            kind=kind.value,
            subject=subject,
        )
    return found[0].id


async def look(client: httpx.AsyncClient, scene: Scene, path: str = "") -> Any:
    answer = await client.get(f"/v1/suspicions{path}", headers=bearer(scene.token))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decide(
    client: httpx.AsyncClient, token: str, suspicion: Any, decision: str = "rejected", **body: Any
) -> httpx.Response:
    told = {"version": 1, "decision": decision, "note": "An external receiver", **body}
    return await client.put(f"/v1/suspicions/{suspicion}/review", json=told, headers=bearer(token))


async def test_the_queue_may_be_narrowed_down_and_paged(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    day = str(await find(scene))
    receipt = str(await find(scene, "receipt-away", kind=Kind.RECEIPT_AWAY, score=0.5))
    await decide(client, scene.token, receipt, "accepted")

    async def ids(query: str) -> set[str]:
        return {line["id"] for line in (await look(client, scene, query))["items"]}

    assert await ids("") == {day, receipt}
    assert await ids("?state=open") == {day}
    assert await ids("?state=accepted") == {receipt}
    assert await ids("?state=rejected") == set()
    assert await ids("?kind=receipt_away") == {receipt}
    assert await ids(f"?agent_id={scene.agent_id}&day=2026-11-23") == {day, receipt}
    assert await ids(f"?agent_id={new_id()}") == set()
    assert await ids("?day=2026-11-22") == set()
    assert await ids(f"?branch_id={scene.branch_id}") == {day, receipt}
    first = await look(client, scene, "?limit=1")
    rest = await look(client, scene, f"?limit=1&cursor={first['next_cursor']}")
    assert {first["items"][0]["id"], rest["items"][0]["id"]} == {day, receipt}
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("query", ["?kind=x", "?state=closed", "?day=today", "?cursor=x"])
async def test_a_question_that_cannot_be_is_named(
    client: httpx.AsyncClient, scene: Scene, query: str
) -> None:
    answer = await client.get(f"/v1/suspicions{query}", headers=bearer(scene.token))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query[1:].split("=", maxsplit=1)[0]


async def test_one_tells_the_whole_evidence(client: httpx.AsyncClient, scene: Scene) -> None:
    suspicion = await find(scene)
    await find(scene, "mock-flag", "teleports")
    whole = await look(client, scene, f"/{suspicion}")
    assert (whole["version"], whole["state"], whole["agent"]) == (2, "open", "Diego Soto")
    assert [v["version"] for v in whole["versions"]] == [2, 1]
    assert whole["reasons"][0] == {
        "code": "mock-flag", "text": "It was mock-flag", "figures": {"pings": 7.0},
        "began_at": "2026-11-23T12:00:00Z", "ended_at": "2026-11-23T22:00:00Z",
    }  # fmt: skip
    assert [r["code"] for r in whole["versions"][1]["reasons"]] == ["mock-flag"]
    assert whole["reviews"] == []


async def test_a_decision_is_kept_with_its_note_and_clears_the_alert(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    suspicion = await find(scene)
    assert len(await scene.open_alerts()) == 1
    answer = await decide(client, scene.token, suspicion)
    assert answer.status_code == 200, answer.text
    assert answer.json()["decision"] == "rejected"
    assert answer.json()["decided_by"] == str(scene.supervisor_id)
    assert answer.json()["note"] == "An external receiver"
    assert await scene.open_alerts() == []
    assert (await look(client, scene, f"/{suspicion}"))["state"] == "rejected"
    # The same again is the same decision.
    assert (await decide(client, scene.token, suspicion)).json() == answer.json()
    assert len((await look(client, scene, f"/{suspicion}"))["reviews"]) == 1


async def test_another_decision_names_the_one_that_it_replaces(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    suspicion = await find(scene)
    first = (await decide(client, scene.token, suspicion)).json()
    refused = await decide(client, scene.token, suspicion, "accepted")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/already-reviewed"
    assert refused.json()["review_id"] == first["id"]
    changed = await decide(client, scene.token, suspicion, "accepted", replaces=first["id"])
    assert changed.status_code == 200
    again = await decide(client, scene.token, suspicion, "accepted", replaces=first["id"])
    assert again.json() == changed.json()
    whole = await look(client, scene, f"/{suspicion}")
    assert whole["state"] == "accepted"
    assert [r["decision"] for r in whole["reviews"]] == ["accepted", "rejected"]
    assert whole["reviews"][0]["replaces_id"] == first["id"]
    stale = await decide(client, scene.token, suspicion, "rejected", replaces=first["id"])
    assert stale.status_code == 409


async def test_new_evidence_opens_a_suspicion_again(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    suspicion = await find(scene)
    first = (await decide(client, scene.token, suspicion)).json()
    await find(scene, "mock-flag", "replayed-track")
    assert (await look(client, scene, f"/{suspicion}"))["state"] == "open"
    assert len(await scene.open_alerts()) == 1
    late = await decide(client, scene.token, suspicion, "accepted", replaces=first["id"])
    assert late.status_code == 409
    assert (late.json()["type"], late.json()["version"]) == ("/problems/evidence-changed", 2)
    seen = await decide(client, scene.token, suspicion, "accepted", version=2, replaces=first["id"])
    assert seen.status_code == 200
    assert (await look(client, scene, f"/{suspicion}"))["state"] == "accepted"


async def test_of_two_supervisors_at_once_one_decides(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    suspicion = await find(scene)
    async with scene.database.transaction(EVERYTHING) as session:
        other = await a_token(session, await a_person(session, scene.branch_id))
    answers = await asyncio.gather(
        *(decide(client, token, suspicion) for token in (scene.token, other) for _ in range(3))
    )
    assert sorted(a.status_code for a in answers) == [200] * 3 + [409] * 3
    assert len((await look(client, scene, f"/{suspicion}"))["reviews"]) == 1


async def test_what_was_decided_feeds_nothing(client: httpx.AsyncClient, scene: Scene) -> None:
    """Of all tables only the decision's own, the alert's and the trail's change by a decision."""
    suspicion = await find(scene)
    before = await _written(scene)
    await decide(client, scene.token, suspicion, "accepted")
    after = await _written(scene)
    assert {t for t in after if after[t] != before[t]} == {
        "suspicion_review", "alert", "audit_event",
    }  # fmt: skip


async def _written(scene: Scene) -> dict[str, str]:
    async with scene.database.transaction(EVERYTHING) as session:
        tables = await rows(
            session,
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind IN ('r', 'p') AND nspname = 'public'"
            " AND has_table_privilege(c.oid, 'SELECT')",
        )
        found = {}
        for table in sorted(t.relname for t in tables):
            whole = f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS h FROM \"{table}\" t"  # noqa: S608, E501
            found[table] = (await rows(session, whole))[0].h
        return found


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"note": ""}, "note"),
        ({"note": "  "}, "note"),
        ({"decision": "maybe"}, "decision"),
        ({"version": "x"}, "version"),
        ({"replaces": "x"}, "replaces"),
    ],
)
async def test_a_decision_that_cannot_be_used_is_named(
    client: httpx.AsyncClient, scene: Scene, body: dict[str, Any], field: str
) -> None:
    suspicion = await find(scene)
    answer = await decide(client, scene.token, suspicion, **{"decision": "accepted", **body})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_suspicions_of_other_branches_are_not_there(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    suspicion = await find(scene)
    stranger = await a_scene(database)
    assert (await look(client, stranger))["items"] == []
    for answer in (
        await client.get(f"/v1/suspicions/{suspicion}", headers=bearer(stranger.token)),
        await decide(client, stranger.token, suspicion),
    ):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/suspicion-not-found"
