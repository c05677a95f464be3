"""What is added to customers beside the source, over HTTP."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from collection.gate.decisions.decide import check
from collection.gate.facts import Contact
from collection.gate.rule import Channel
from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.desk.scenes import RANG, Desk, a_desk
from tests.conftest import MONDAY_NINE
from tests.factories import a_case, give_phone


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    return await a_desk(database, client)


async def seen(desk: Desk) -> Any:
    return (await desk.get(f"/v1/customers/{desk.field.case.customer_id}")).json()


async def test_a_contact_is_added_beside_the_sources_and_verified_by_another(desk: Desk) -> None:
    customer = desk.field.case.customer_id
    async with desk.field.database.transaction(EVERYTHING) as session:
        await give_phone(session, customer, "9 8765 4321")
    url = f"/v1/customers/{customer}/contacts"
    added = await desk.post(url, {"kind": "phone", "value": "9 1234 5678"}, desk.caller)
    assert added.status_code == 201, added.text
    again = await desk.post(url, {"kind": "phone", "value": "+56 9 12345678"}, desk.caller)
    assert again.status_code == 409
    wrong = await desk.post(url, {"kind": "phone", "value": "12"}, desk.caller)
    assert wrong.status_code == 422
    no_mail = await desk.post(url, {"kind": "email", "value": "ana at home"}, desk.caller)
    assert no_mail.json()["errors"][0]["field"] == "value"
    brother = {"kind": "phone", "value": "+5491123456789", "relation": "guarantor"}
    await desk.post(url, brother, desk.caller)
    contact = f"/v1/contacts/{added.json()['id']}"
    assert (await desk.post(f"{contact}/verify", None, desk.caller)).status_code == 409
    assert (await desk.post(f"{contact}/verify", None, desk.supervisor)).status_code == 204
    whole = await seen(desk)
    assert [(c["value"], c["provenance"], bool(c["verified_at"])) for c in whole["contacts"]] == [
        ("9 8765 4321", "source", False), ("+56912345678", "desk", True),
    ]  # fmt: skip
    assert [c["value"] for c in whole["guarantors"]] == ["+5491123456789"]
    assert (
        await desk.post(f"{contact}/end", {"reason": "Not his"}, desk.caller)
    ).status_code == 204
    assert (
        await desk.post(f"{contact}/end", {"reason": "Not his"}, desk.caller)
    ).status_code == 404
    assert len((await seen(desk))["contacts"]) == 1


async def test_a_number_that_changed_hands_is_excluded_until_its_last_day_or_lifted(
    desk: Desk,
) -> None:
    customer = desk.field.case.customer_id
    async with desk.field.database.transaction(EVERYTHING) as session:
        await give_phone(session, customer, "9 8765 4321")
    url = f"/v1/customers/{customer}/number-tags"
    body = {"value": "9 8765 4321", "word": "changed_hands", "reason": "A stranger answered"}
    past = await desk.post(url, body | {"until": "2026-11-22"}, desk.caller)
    assert past.json()["errors"][0]["field"] == "until"
    tagged = await desk.post(url, body | {"until": "2026-11-23"}, desk.caller)
    assert tagged.status_code == 201, tagged.text
    assert (await desk.post(url, body, desk.caller)).status_code == 409
    assert (await seen(desk))["contacts"][0]["excluded"] == ["changed_hands"]
    lift = f"/v1/number-tags/{tagged.json()['id']}/lift"
    assert (await desk.post(lift, None, desk.caller)).status_code == 204
    assert (await seen(desk))["contacts"][0]["excluded"] == []
    [kept] = (await desk.get(url)).json()
    assert (kept["reason"], kept["lifted_at"]) == ("A stranger answered", "2026-11-23T12:00:00Z")
    assert (await desk.post(lift, None, desk.caller)).status_code == 404


async def test_an_address_is_added_once(desk: Desk) -> None:
    url = f"/v1/customers/{desk.field.case.customer_id}/addresses"
    body = {"line": "Los Carrera 12", "locality": "La Serena"}
    assert (await desk.post(url, body, desk.caller)).status_code == 201
    assert (await desk.post(url, body, desk.caller)).status_code == 409
    assert [a["provenance"] for a in (await seen(desk))["addresses"]] == ["source", "desk"]


async def test_two_records_of_one_person_are_seen_as_one_and_apart_again(
    desk: Desk, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await a_case(session, desk.field.branch, due_minor=7_000)
        third = await a_case(session, desk.field.branch)
    kept = desk.field.case.customer_id
    merge = {"merged_id": str(other.customer_id), "reason": "Same identity card"}
    url = f"/v1/customers/{kept}/merge"
    assert (await desk.post(url, merge)).status_code == 204
    whole = (await desk.get(f"/v1/customers/{other.customer_id}")).json()
    assert [r["id"] for r in whole["records"]] == [str(kept), str(other.customer_id)]
    assert whole["records"][1]["merged_into"] == str(kept)
    assert whole["exposure"][0]["outstanding"]["amount_minor"] == 57_000
    # Never a chain, never twice, never itself.
    for at, merged in ((other.customer_id, third.customer_id), (third.customer_id, kept)):
        chain = await desk.post(f"/v1/customers/{at}/merge", merge | {"merged_id": str(merged)})
        assert chain.status_code == 409
    assert (await desk.post(url, merge)).status_code == 409
    assert (await desk.post(url, merge | {"merged_id": str(kept)})).status_code == 422
    assert (await desk.post(url, merge | {"merged_id": str(new_id())})).status_code == 404
    # The accounts never moved.
    [row] = await desk.field.ask(
        "SELECT customer_id FROM account WHERE id = :id", id=other.account_id
    )
    assert row.customer_id == other.customer_id
    apart = f"/v1/customers/{other.customer_id}/unmerge"
    assert (await desk.post(apart, {"reason": "Father and son"})).status_code == 204
    assert (await desk.post(apart, {"reason": "Father and son"})).status_code == 404
    assert len((await seen(desk))["records"]) == 1


async def test_a_case_that_is_kept_from_everybody_is_neither_called_nor_written_to(
    desk: Desk,
) -> None:
    async with desk.field.database.transaction(EVERYTHING) as session:
        await give_phone(session, desk.field.case.customer_id, "+56911112222")
    tag = f"/v1/cases/{desk.case_id}/tags/dispute"
    barred = {"reason": "asked the ombudsman", "bars_everybody": True, "until": "2026-11-23"}
    assert (await desk.put(tag, barred, desk.supervisor)).status_code == 200
    words = ["tagged dispute: kept from everybody until 2026-11-23"]
    call = await desk.post(f"/v1/cases/{desk.case_id}/call", {}, desk.caller)
    assert (call.status_code, call.json()["rules"]) == (409, words)
    async with desk.field.database.transaction(EVERYTHING) as session:
        text = await check(session, UUID(desk.case_id), Contact(channel=Channel.SMS), MONDAY_NINE)
    assert (text.is_allowed, [hit["text"] for hit in text.hits]) == (False, words)
    until = barred | {"until": "2026-11-22"}
    assert (await desk.put(tag, until, desk.supervisor)).status_code == 200
    assert (await desk.post(f"/v1/cases/{desk.case_id}/call", {}, desk.caller)).status_code == 204


async def calls_of(desk: Desk) -> list[tuple[bool | None, bool]]:
    """Calls that count, and of the decisions on calls which were refusals."""
    found = await desk.field.ask(
        "SELECT t.is_conversation, d.is_allowed FROM contact_decision d"
        " LEFT JOIN contact_attempt t ON t.decision_id = d.id"
        " WHERE d.case_id = CAST(:case AS uuid) AND d.channel = 'call'"
        " ORDER BY d.evaluated_at, t.is_conversation NULLS FIRST",
        case=desk.case_id,
    )
    return [(r.is_conversation, r.is_allowed) for r in found]


async def test_a_call_counts_and_what_came_of_it_is_said_of_it(desk: Desk) -> None:
    async with desk.field.database.transaction(EVERYTHING) as session:
        await give_phone(session, desk.field.case.customer_id, "+56911112222")
    call = f"/v1/cases/{desk.case_id}/call"
    assert (await desk.post(call, {}, desk.caller)).status_code == 204
    assert await calls_of(desk) == [(None, True)]
    assert (await desk.note(RANG)).status_code == 200
    assert await calls_of(desk) == [(False, True)]
    # Nobody had asked for the number of the next one, and a repeat is the same one.
    again, id_ = RANG | {"contact": "no_answer"}, new_id()
    for _ in range(2):
        assert (await desk.note(again, id_)).status_code == 200
    assert await calls_of(desk) == [(False, True)] * 2
    events = (await desk.get(f"/v1/customers/{desk.field.case.customer_id}")).json()["timeline"]
    assert [e["kind"] for e in events["items"]].count("message") == 1


async def test_a_call_that_was_refused_is_kept_and_does_not_count(desk: Desk) -> None:
    async with desk.field.database.transaction(EVERYTHING) as session:
        await give_phone(session, desk.field.case.customer_id, "+56911112222")
    tag = f"/v1/cases/{desk.case_id}/tags/dispute"
    barred = {"reason": "asked the ombudsman", "bars_everybody": True, "until": "2026-11-23"}
    assert (await desk.put(tag, barred, desk.supervisor)).status_code == 200
    refused = await desk.post(f"/v1/cases/{desk.case_id}/call", {}, desk.caller)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/call-barred")
    assert await calls_of(desk) == [(None, False)]
    [row] = await desk.field.ask(
        "SELECT count(*) AS n FROM contact_attempt WHERE account_id = :id",
        id=desk.field.case.account_id,
    )
    assert row.n == 0
    # It was called all the same, which counts.
    assert (await desk.note(RANG)).status_code == 200
    assert await calls_of(desk) == [(None, False), (False, False)]
