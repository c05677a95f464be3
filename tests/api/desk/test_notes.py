"""Dispositions, next actions and stages over HTTP."""

from typing import Any

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from core.ids import new_id
from data.session import Database
from tests.api.desk.scenes import RANG, REFUSED, Desk, a_desk


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    return await a_desk(database, client)


async def to_come(desk: Desk) -> list[tuple[str, str, str | None]]:
    found = await desk.field.ask(
        "SELECT kind, due_on::text, ended_because FROM next_action WHERE case_id = :id"
        " ORDER BY set_at, due_on",
        id=desk.case_id,
    )
    return [(r.kind, r.due_on, r.ended_because) for r in found]


async def test_a_contact_is_noted_once_whoever_sends_it_again(desk: Desk) -> None:
    id_ = new_id()
    first = await desk.noted_in_field(REFUSED, id_)
    assert first.status_code == 200, first.text
    assert (await desk.noted_in_field(REFUSED, id_)).json() == first.json()
    other = await desk.noted_in_field(REFUSED, id_, note="Something else")
    assert other.status_code == 409
    assert (await desk.note(REFUSED, id_)).status_code == 409
    [row] = await desk.field.ask(
        "SELECT agent_id, result_code, intent FROM disposition WHERE case_id = :id",
        id=desk.case_id,
    )
    assert tuple(row) == (desk.field.agent, "refused", "unwilling")
    [cause] = await desk.field.ask(
        "SELECT demanded_minor, paid_minor FROM root_cause WHERE disposition_id = :id", id=id_
    )
    assert tuple(cause) == (50_000, 0)


async def test_free_text_alone_is_refused(desk: Desk) -> None:
    words = {"case_id": desk.case_id, "channel": "call", "note": "was rude"}
    answer = await desk.put(f"/v1/dispositions/{new_id()}", words)
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json()["errors"]} >= {"contact", "result", "next_action"}
    unlisted = await desk.note(RANG, result="was_rude")
    assert unlisted.json()["errors"][0]["field"] == "result"


async def test_a_supervisor_takes_a_promise_that_the_branch_does_not(desk: Desk) -> None:
    promised = {
        "contact": "spoke_customer", "result": "call_promised", "person": "customer",
        "next_action": {"kind": "await_payment", "due_on": "2026-12-20"}, "intent": "willing",
        "ability": "partly",
    }  # fmt: skip
    amount = {"amount_minor": 30_000, "currency": "CLP"}
    sent: dict[str, Any] = {
        "promise": {"id": str(new_id()), "amount": amount, "due_on": "2026-12-31"}
    }
    refused = await desk.note(RANG | promised, **sent)
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("/promise-beyond-terms")
    [error] = refused.json()["errors"]
    assert (error["rule"], error["may_override"]) == ("promise_max_days", "supervision.act")
    why: dict[str, Any] = {"override_reason": "Paid after each harvest"}
    assert (await desk.note(RANG | promised, **sent, **why)).status_code == 403
    url = f"/v1/dispositions/{new_id()}"
    body = {"case_id": desk.case_id} | RANG | promised | sent
    assert (await desk.put(url, body, desk.supervisor)).status_code == 422
    taken = await desk.put(url, body | why, desk.supervisor)
    assert taken.status_code == 200, taken.text
    assert (await desk.put(url, body | why, desk.supervisor)).json() == taken.json()
    story = (await desk.get(f"/v1/cases/{desk.case_id}/timeline")).json()["items"]
    [promise] = [event["facts"] for event in story if event["kind"] == "promise"]
    assert promise["beyond"] == ["promise_max_days"]
    assert promise["override_reason"] == "Paid after each harvest"
    assert promise["overridden_by"]
    within = {"promise": {"id": str(new_id()), "amount": amount, "due_on": "2026-11-27"}}
    url = f"/v1/dispositions/{new_id()}"
    await desk.put(url, body | within | why, desk.supervisor)
    [kept] = await desk.field.ask("SELECT beyond FROM promise WHERE state = 'open'")
    assert kept.beyond is None  # there was nothing to override


async def test_a_promise_to_the_desk_is_taken_down_with_the_call(desk: Desk) -> None:
    promised = {
        "contact": "spoke_customer", "result": "call_promised", "person": "customer",
        "next_action": {"kind": "await_payment", "due_on": "2026-11-27"},
    }  # fmt: skip
    without = await desk.note(RANG | promised)
    assert without.json()["errors"][0]["field"] == "promise"
    amount = {"amount_minor": 30_000, "currency": "CLP"}
    promise = {"id": str(new_id()), "amount": amount, "due_on": "2026-11-27"}
    answer = await desk.note(RANG | promised, promise=promise)
    assert answer.status_code == 200, answer.text
    [row] = await desk.field.ask(
        "SELECT p.source, p.agent_id, d.promise_id = p.id AS linked FROM promise p"
        " JOIN disposition d ON d.case_id = p.case_id WHERE p.case_id = :id",
        id=desk.case_id,
    )
    assert tuple(row) == ("desk", None, True)
    too_much = promise | {"id": str(new_id()), "amount": amount | {"amount_minor": 50_001}}
    assert (await desk.note(RANG | promised, promise=too_much)).status_code == 422


async def test_the_newest_contact_says_what_comes_next_though_it_came_in_first(desk: Desk) -> None:
    await desk.note(RANG, happened_at="2026-11-23T12:00:00Z")
    await desk.noted_in_field(REFUSED, happened_at="2026-11-23T10:00:00Z")
    assert await to_come(desk) == [
        ("visit", "2026-11-30", "overtaken"),
        ("call", "2026-11-24", None),
    ]
    later = await desk.put(
        f"/v1/cases/{desk.case_id}/next-action", {"kind": "letter", "due_on": "2026-11-25"}
    )
    assert later.status_code == 200, later.text
    assert (await to_come(desk))[1:] == [
        ("call", "2026-11-24", "replaced"), ("letter", "2026-11-25", None),
    ]  # fmt: skip
    past = {"kind": "letter", "due_on": "2026-11-22"}
    refused = await desk.put(f"/v1/cases/{desk.case_id}/next-action", past)
    assert refused.json()["errors"][0]["field"] == "due_on"


async def test_a_case_of_another_branch_is_not_found(
    desk: Desk, database: Database, client: httpx.AsyncClient
) -> None:
    other = await a_desk(database, client)
    assert (await desk.note(RANG, case_id=other.case_id)).status_code == 404
    assert (await desk.noted_in_field(RANG, case_id=other.case_id)).status_code == 404
    assert (await desk.get(f"/v1/cases/{other.case_id}/stage")).status_code == 404


async def test_a_list_is_published_in_versions_and_keeps_what_was_chosen(desk: Desk) -> None:
    url = f"/v1/branches/{desk.code}/value-lists/call"
    shipped = (await desk.get(url)).json()
    assert shipped["version"] == 1
    await desk.note(RANG)
    mine: list[dict[str, Any]] = [
        {"code": "spoke", "label": "Spoke", "reaches": "customer"},
        {"code": "agreed", "label": "Agreed", "labels": {"hi": "सहमत"}, "parent": "spoke"},
    ]
    assert shipped["values"][0]["labels"]["es"] == "Habló con el cliente"
    refused = await desk.put(url, {"values": mine}, desk.admin)
    assert (refused.status_code, refused.json()["codes"]) == (409, ["no_answer", "rang"])
    kept = [v for v in shipped["values"] if v["code"] in ("no_answer", "rang")]
    kept[1]["active_until"] = "2026-11-22"
    kept.append({"code": "silence", "label": "Silence", "parent": "no_answer"})
    published = await desk.put(url, {"values": mine + kept}, desk.admin)
    assert published.status_code == 200, published.text
    assert (await desk.get(url)).json() == published.json()
    assert (await desk.note(RANG)).json()["errors"][0]["expected"] == "one of silence"
    lists = (await desk.get("/v1/agent/value-lists", desk.field.token)).json()
    [calls] = [each["values"] for each in lists if each["topic"] == "call"]
    assert len(calls) == 5
    in_hindi = [each["labels"].get("hi") for each in calls]
    assert in_hindi[:3] == [None, "सहमत", "किसी ने फ़ोन नहीं उठाया"]
    worse = [mine[0], mine[1] | {"labels": {"Hindi": "सहमत"}}, *kept]
    refused = await desk.put(url, {"values": worse}, desk.admin)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].startswith("values.1.labels")


async def test_a_case_moves_by_allowed_changes_and_closes_in_one_of_four_ways(desk: Desk) -> None:
    url = f"/v1/cases/{desk.case_id}/stage"
    standing = (await desk.get(url)).json()
    assert standing["reachable"] == ["closed", "legal", "multi_channel", "risk_watch"]
    skipped = await desk.post(url, {"stage": "pre_due", "reason": "try"})
    assert (skipped.status_code, skipped.json()["stage"]) == (409, "field")
    moved = await desk.post(url, {"stage": "legal", "reason": "Notice was sent"})
    assert moved.status_code == 200, moved.text
    early = {"stage": "closed", "closure": "reinstated", "reason": "Paid up"}
    assert (await desk.post(url, early)).json()["errors"][0]["field"] == "closure"
    assert (await desk.field.pay(50_000)).status_code == 200
    await desk.note(RANG)
    closed = await desk.post(url, early)
    assert closed.status_code == 200, closed.text
    assert (await to_come(desk))[-1][2] == "case_closed"
    # The next miss opens it again, and all that happened is kept.
    await desk.field.ask(
        "UPDATE case_file SET overdue_minor = 700, as_of = '2026-12-01' WHERE id = :id RETURNING 1",
        id=desk.case_id,
    )
    found = await desk.field.ask(
        "SELECT from_stage, to_stage, closure FROM stage_change WHERE case_id = :id"
        " ORDER BY changed_at",
        id=desk.case_id,
    )
    assert [tuple(r) for r in found] == [
        ("field", "legal", None), ("legal", "closed", "reinstated"), ("closed", "reminder", None),
    ]  # fmt: skip
    assert (await desk.get(url)).json()["stage"] == "reminder"


@pytest.mark.parametrize(
    "change", ["stage = 'legal'", "stage = 'closed', closed_at = opened_at, closure = 'settled'"]
)
async def test_no_code_moves_a_case_behind_the_back_of_its_history(desk: Desk, change: str) -> None:
    with pytest.raises(DBAPIError, match="stage_change alone"):
        await desk.field.ask(
            f"UPDATE case_file SET {change} WHERE id = :id RETURNING 1",  # noqa: S608
            id=desk.case_id,
        )
