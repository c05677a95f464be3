"""Contact rules over HTTP: packs, rules, records, and what the gate says at the door."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from core.geometry import LatLon
from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.application import client_at
from tests.collection.gate.scenes import NOW, a_branch_in
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, ACase, a_case, a_person, a_token, an_agent


@dataclass
class Office:
    """A branch in Indonesia with its people and a case of its agent's."""

    branch: str
    admin: str
    supervisor: str
    agent: str
    agent_id: UUID
    case: ACase


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        branch, code = await a_branch_in(session, "ID")
        agent = await an_agent(session, branch)
        return Office(
            code,
            await a_token(session, await a_person(session, branch, Role.ADMIN)),
            await a_token(session, await a_person(session, branch)),
            await a_token(session, agent),
            agent,
            await a_case(session, branch, agent_id=agent),
        )


async def call(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    token: str,
    body: Any = None,
    status: int = 200,
) -> Any:
    answer = await client.request(method, f"/v1{path}", json=body, headers=bearer(token))
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def load(client: httpx.AsyncClient, office: Office, pack: str = "indonesia") -> Any:
    body = {"branch": office.branch}
    return await call(client, "POST", f"/contact-rules/packs/{pack}/load", office.admin, body)


SUNDAY = "2026-11-22T12:00"


async def check(client: httpx.AsyncClient, office: Office, at: str, more: str = "") -> Any:
    path = f"/contact-rules/check?case_id={office.case.case_id}&at={at}{more}"
    return await call(client, "GET", path, office.supervisor)


async def test_a_pack_is_looked_at_loaded_and_answers_why_not(
    client: httpx.AsyncClient, office: Office
) -> None:
    packs = await call(client, "GET", "/contact-rules/packs", office.supervisor)
    assert "indonesia" in {pack["name"] for pack in packs}
    pack = await call(client, "GET", "/contact-rules/packs/indonesia", office.supervisor)
    assert (await check(client, office, SUNDAY))["is_allowed"]
    loaded = await load(client, office)
    assert loaded["added"] == [rule["code"] for rule in pack["rules"]]
    assert (await load(client, office))["unchanged"] == loaded["added"]
    told = await check(client, office, SUNDAY)
    assert not told["is_allowed"]
    assert told["local_time"] == "Sunday 2026-11-22 12:00:00"
    assert told["flags"] == ["outside_contact_hours"]
    (hit,) = told["hits"]
    assert hit["text"] == "no visits on Sundays (Indonesia, POJK 22/2023 art. 62(2)f)"
    assert (hit["code"], hit["version"]) == ("ID-DAYS", 1)
    assert (await check(client, office, "2026-11-24T12:00:00%2B07:00"))["is_allowed"]
    late = await check(client, office, "2026-11-24T20:00", "&channel=call")
    assert [hit["code"] for hit in late["hits"]] == ["ID-HRS", "BRANCH-HOURS"]
    elsewhere = await check(client, office, "2026-11-24T12:00", "&place=elsewhere")
    assert [hit["code"] for hit in elsewhere["hits"]] == ["ID-PLACE"]
    off = await call(client, "POST", "/contact-rules/packs/indonesia/turn-off", office.admin,
                     {"branch": office.branch})  # fmt: skip
    assert off["turned_off"] == loaded["added"]
    assert (await check(client, office, SUNDAY))["is_allowed"]


def a_rule(**changed: Any) -> dict[str, Any]:
    return {
        "code": "OWN-1", "title": "Not before ten", "jurisdiction": "ID", "regime": "our policy",
        "citation": "policy 7", "kind": "hours", "params": {"from": "10:00", "to": "19:00"},
    } | changed  # fmt: skip


async def test_a_rule_is_added_changed_and_turned_off_in_versions(
    client: httpx.AsyncClient, office: Office
) -> None:
    body = {"branch": office.branch, "rule": a_rule(), "note": "as the board decided"}
    added = await call(client, "POST", "/contact-rules", office.admin, body, 201)
    path = f"/contact-rules/{added['id']}"
    assert not (await check(client, office, "2026-11-24T09:00"))["is_allowed"]
    taken = await call(client, "POST", "/contact-rules", office.admin, body, 409)
    assert taken["type"] == "/problems/rule-code-taken"
    earlier = a_rule(params={"from": "09:00", "to": "19:00"})
    changed = await call(client, "PUT", path, office.admin, {"version": 1, "rule": earlier})
    assert changed["version"] == 2
    again = await call(client, "PUT", path, office.admin, {"version": 1, "rule": earlier})
    assert again == changed
    assert (await check(client, office, "2026-11-24T09:00"))["is_allowed"]
    stale = await call(client, "PUT", path, office.admin, {"version": 1, "rule": a_rule()}, 409)
    assert (stale["type"], stale["version"]) == ("/problems/rule-changed", 2)
    renamed = {"version": 2, "rule": a_rule(code="OWN-2")}
    assert "code" in (await call(client, "PUT", path, office.admin, renamed, 422))["detail"]
    off = {"version": 2, "status": "off", "note": "no longer"}
    await call(client, "PUT", f"{path}/status", office.admin, off)
    versions = await call(client, "GET", path, office.supervisor)
    assert [(v["version"], v["rule"]["status"], v["note"]) for v in versions] == [
        (3, "off", "no longer"), (2, "in_force", None), (1, "in_force", "as the board decided")
    ]  # fmt: skip
    listed = await call(client, "GET", f"/contact-rules?branch={office.branch}", office.supervisor)
    assert [(each["rule"]["code"], each["version"]) for each in listed] == [("OWN-1", 3)]
    await call(client, "GET", f"/contact-rules/{uuid4()}", office.supervisor, status=404)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"params": {"from": "10", "to": "19:00"}}, "params.from"),
        ({"params": {"from": "19:00", "to": "10:00"}}, "params.to"),
        ({"params": {"from": "10:00", "to": "19:00", "x": 1}}, "params.x"),
        ({"params": [1]}, "rule.params"),
        ({"kind": "moon"}, "rule.kind"),
        ({"code": "own rule"}, "code"),
        ({"jurisdiction": "Indonesia"}, "jurisdiction"),
        ({"precedence": 0}, "precedence"),
        ({"effective_from": "2026-10-01", "effective_to": "2026-10-01"}, "effective_to"),
        ({"channels": ["pigeon"]}, "rule.channels.0"),
        ({"title": "a\x00b"}, "rule.title"),
        ({"unknown": 1}, "rule.unknown"),
        ({"kind": "holiday", "params": {"calendar": "ATLANTIS"}}, "params.calendar"),
    ],
)
async def test_a_wrong_rule_is_told_what_would_be_right(
    client: httpx.AsyncClient, office: Office, changed: dict[str, Any], named: str
) -> None:
    body = {"branch": office.branch, "rule": a_rule(**changed)}
    problem = await call(client, "POST", "/contact-rules", office.admin, body, 422)
    (error,) = problem["errors"]
    assert error["field"] == named
    assert error["expected"]


async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, office: Office) -> None:
    body = {"branch": office.branch}
    missing = await call(
        client, "POST", "/contact-rules/packs/mars/load", office.admin, body, 404
    )  # fmt: skip
    assert "india-nbfc" in missing["detail"]
    await call(client, "POST", "/contact-rules/packs/indonesia/load", office.admin,
               {"branch": "NOWHERE"}, 404)  # fmt: skip
    wrong = await call(client, "POST", "/contact-rules/packs/uk/load", office.admin, body, 422)
    assert wrong["errors"][0]["field"] == "branch"
    await call(client, "GET", f"/contact-rules/check?case_id={uuid4()}&at={SUNDAY}",
               office.supervisor, status=404)  # fmt: skip
    hold = {"kind": "legal", "first_day": "2026-11-24", "note": "court"}
    await call(client, "POST", f"/customers/{uuid4()}/holds", office.supervisor, hold, 404)
    await call(client, "POST", f"/holds/{uuid4()}/lift", office.supervisor, status=404)
    await call(client, "PUT", f"/cases/{uuid4()}/meetings/2026-11-20", office.supervisor,
               {"has_attended": False}, 404)  # fmt: skip


async def test_records_are_kept_told_and_ended(client: httpx.AsyncClient, office: Office) -> None:
    customer = f"/customers/{office.case.customer_id}"
    noon = "2026-11-24T12:00"
    hold = {"kind": "bereavement", "first_day": "2026-11-24", "note": "told by the brother"}
    held = await call(client, "POST", f"{customer}/holds", office.supervisor, hold, 201)
    assert not (await check(client, office, noon))["is_allowed"]
    (shown,) = await call(client, "GET", f"{customer}/holds", office.supervisor)
    assert (shown["id"], shown["lifted_at"]) == (held["id"], None)
    # Lifted on the 23rd, before its first day: it never holds.
    await call(client, "POST", f"/holds/{held['id']}/lift", office.supervisor, status=204)
    await call(client, "POST", f"/holds/{held['id']}/lift", office.supervisor, status=404)
    assert (await check(client, office, noon))["is_allowed"]

    wish = {"not_before": "14:00", "first_day": "2026-11-24", "source": "by telephone"}
    wished = await call(
        client, "POST", f"{customer}/contact-preferences", office.supervisor, wish, 201
    )
    told = await check(client, office, noon)
    assert told["hits"][0]["text"] == (
        "the customer asked for visits from 14:00 to 24:00 only (on record)"
    )
    (shown,) = await call(client, "GET", f"{customer}/contact-preferences", office.supervisor)
    assert (shown["id"], shown["not_before"]) == (wished["id"], "14:00:00")
    path = f"/contact-preferences/{wished['id']}/withdraw"
    await call(client, "POST", path, office.supervisor, status=204)
    assert (await check(client, office, noon))["is_allowed"]
    for wrong in ({"not_before": "14:00", "not_after": "13:00"}, {"weekdays": [8]}):
        await call(client, "POST", f"{customer}/contact-preferences", office.supervisor,
                   {"first_day": "2026-11-24", "source": "x"} | wrong, 422)  # fmt: skip

    await load(client, office)
    holiday = {"branch": office.branch, "calendar": "ID", "day": "2026-11-24", "name": "Election",
               "kind": "branch", "closed_from": "11:00"}  # fmt: skip
    await call(client, "POST", "/contact-holidays", office.admin, holiday, 201)
    told = await check(client, office, noon)
    assert told["hits"][0]["text"].startswith(
        "no visits on holidays from 11:00 to 24:00: 24 November is Election"
    )
    path = f"/contact-holidays?branch={office.branch}&year=2026"
    (shown,) = await call(client, "GET", path, office.supervisor)
    assert (shown["name"], shown["closed_to"]) == ("Election", None)
    for wrong in ({"calendar": "XX"}, {"kind": "working_day"}, {"closed_to": "10:00"}):
        await call(client, "POST", "/contact-holidays", office.admin, holiday | wrong, 422)

    fact = {"name": "evidence", "rule_code": "ID-PLACE", "first_day": "2026-11-01",
            "subject_id": str(office.case.customer_id), "evidence": "a letter"}  # fmt: skip
    at = "2026-11-24T10:00"
    assert not (await check(client, office, at, "&place=elsewhere"))["is_allowed"]
    await call(client, "POST", "/contact-facts", office.supervisor, fact, 201)
    assert (await check(client, office, at, "&place=elsewhere"))["is_allowed"]
    for wrong_fact in ({"rule_code": None}, {"last_day": "2026-10-01"}, {"name": "luck"}):
        await call(client, "POST", "/contact-facts", office.supervisor, fact | wrong_fact, 422)

    meeting = f"/cases/{office.case.case_id}/meetings"
    missed = {"has_attended": False}
    await call(client, "PUT", f"{meeting}/2026-11-20", office.supervisor, missed)
    await call(client, "PUT", f"{meeting}/2026-11-30", office.supervisor, missed, 422)
    assert (await check(client, office, at))["facts"]["missed_meetings"] == 1

    classes = f"/branches/{office.branch}/product-classes"
    assert (await call(client, "GET", classes, office.supervisor)) == [
        {"product_code": "PERSONAL", "product_class": None, "set_at": None}
    ]
    body = {"product_class": "microfinance"}
    await call(client, "PUT", f"{classes}/PERSONAL", office.admin, body)
    (shown,) = await call(client, "GET", classes, office.supervisor)
    assert shown["product_class"] == "microfinance"
    assert (await check(client, office, at))["facts"]["product_class"] == "microfinance"


async def check_in(
    client: httpx.AsyncClient, office: Office, id_: UUID, at: str, place: LatLon = LA_SERENA
) -> Any:
    fix = {"lat": place.lat, "lon": place.lon, "accuracy_m": 8, "captured_at": at}
    body = {"case_id": str(office.case.case_id), "device_time": at, "fix": fix, "reason": "at work"}
    return await call(client, "PUT", f"/agent/check-ins/{id_}", office.agent, body)


async def test_a_check_in_outside_the_rules_is_taken_flagged_and_told_to_the_supervisor(
    database: Database, live: LiveBus, office: Office
) -> None:
    sunday, id_ = "2026-11-22T05:00:00Z", new_id()
    async with client_at(database, live, MONDAY_NINE) as client:
        await load(client, office)
        taken = await check_in(client, office, id_, sunday)
        assert taken["verdict"]["level"] == "probable"
        contact = taken["contact"]
        assert (contact["is_allowed"], contact["flags"]) == (False, ["outside_contact_hours"])
        assert contact["hits"][0]["text"].startswith("no visits on Sundays")
        assert await check_in(client, office, id_, sunday) == taken
        alerts = (await call(client, "GET", "/alerts", office.supervisor))["items"]
        (alert,) = [a for a in alerts if a["kind"] == "outside_contact_rules"]
        assert alert["facts"]["check_in_id"] == str(id_)
        assert alert["detail"].startswith("no visits on Sundays (Indonesia")
        assert alert["severity"] == 2
        path = f"/contact-decisions?case_id={office.case.case_id}"
        told = await call(client, "GET", path, office.supervisor)
        (decision,) = told["items"]
        assert (decision["asked_for"], decision["subject_id"]) == ("check_in", str(id_))
        assert decision["contact_at"] == sunday
        codes = [rule["code"] for rule in told["rulebooks"][decision["rulebook"]]]
        assert "ID-DAYS" in codes


async def test_a_check_in_within_the_rules_carries_no_warning(
    database: Database, live: LiveBus, office: Office
) -> None:
    async with client_at(database, live, MONDAY_NINE) as client:
        await load(client, office)
        taken = await check_in(client, office, new_id(), "2026-11-23T05:00:00Z")
        assert taken["contact"] == {"is_allowed": True, "flags": [], "hits": []}
        away = await check_in(
            client, office, new_id(), "2026-11-23T06:00:00Z", LatLon(LA_SERENA.lat + 0.01, -71.25)
        )
        assert away["contact"]["flags"] == ["contact_not_allowed"]
        assert [hit["code"] for hit in away["contact"]["hits"]] == ["ID-PLACE"]
        alerts = (await call(client, "GET", "/alerts", office.supervisor))["items"]
        assert [a["kind"] for a in alerts] == ["outside_contact_rules"]


async def test_a_check_out_tells_whether_it_was_a_conversation(
    database: Database, live: LiveBus, office: Office
) -> None:
    at = "2026-11-23T05:00:00Z"
    async with client_at(database, live, MONDAY_NINE) as client:
        for outcome, is_conversation in (("promised", True), ("not_home", False)):
            id_ = new_id()
            await check_in(client, office, id_, at)
            body = {"check_in_id": str(id_), "device_time": at, "outcome": outcome}
            await call(client, "PUT", f"/agent/check-outs/{new_id()}", office.agent, body)
            async with database.transaction(EVERYTHING) as session:
                (kept,) = await rows(
                    session, "SELECT is_conversation FROM contact_attempt WHERE id = :id", id=id_
                )
            assert kept.is_conversation is is_conversation


async def test_a_visit_on_a_day_that_is_barred_is_a_finding_with_the_rule(
    database: Database, live: LiveBus, office: Office
) -> None:
    async with (
        client_at(database, live, NOW) as client,
        database.transaction(EVERYTHING) as session,
    ):
        await load(client, office)
        await rows(
            session,
            "INSERT INTO visit (id, first_id, branch_id, agent_id, day, fence_ids, case_ids,"
            " began_at, ended_at, is_closed, location, uncertainty_m, ping_count, posterior,"
            " verdict, reasons, version, decided_at, change)"
            " SELECT :id, :id, c.branch_id, :agent, '2026-11-22', '{}', ARRAY[c.id],"
            " '2026-11-22T05:00Z', '2026-11-22T05:10Z', true, 'SRID=4326;POINT(106.8 -6.2)', 9, 9,"
            " 0.99, 'verified', '[]', 1, '2026-11-22T05:10Z', 'first' FROM case_file c"
            " WHERE c.id = :case RETURNING id",
            id=new_id(), agent=office.agent_id, case=office.case.case_id,
        )  # fmt: skip
    async with client_at(database, live, NOW) as client:
        path = "/findings?kind=outside_contact_hours&day=2026-11-22"
        (found,) = (await call(client, "GET", path, office.supervisor))["items"]
    assert found["text"] == (
        "12:00 to 12:10: a visit at María González when none was allowed: no visits on Sundays"
        " (Indonesia, POJK 22/2023 art. 62(2)f)"
    )
    assert found["figures"]["outside_s"] == 600
