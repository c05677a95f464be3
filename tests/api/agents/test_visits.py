"""Check-in and check-out over HTTP."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.agents.visits import CheckInBody
from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from geofence.check_in import ReasonCode
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, ACase, a_branch, a_case, a_token, an_agent

NINE = "2026-11-23T12:00:00Z"


@dataclass
class Field:
    """An agent with a case at `LA_SERENA`, and another agent's case."""

    token: str
    case: ACase
    foreign: ACase


@pytest.fixture
async def field(database: Database) -> Field:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        other = await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
        foreign = await a_case(session, branch, agent_id=other)
        return Field(await a_token(session, agent), case, foreign)


def a_check_in(field: Field, at: LatLon = LA_SERENA, **changed: Any) -> dict[str, Any]:
    fix = {"lat": at.lat, "lon": at.lon, "accuracy_m": 8, "captured_at": NINE}
    return {"case_id": str(field.case.case_id), "device_time": NINE, "fix": fix} | changed


async def put(client: httpx.AsyncClient, field: Field, what: str, body: Any) -> httpx.Response:
    return await client.put(f"/v1/agent/{what}", json=body, headers=bearer(field.token))


async def test_a_check_in_at_the_door_is_probable_with_its_reasons(
    client: httpx.AsyncClient, field: Field
) -> None:
    answer = await put(client, field, f"check-ins/{new_id()}", a_check_in(field))
    assert answer.status_code == 200, answer.text
    verdict = answer.json()["verdict"]
    assert verdict["level"] == "probable"
    assert {r["code"] for r in verdict["reasons"]} == {"manual-check-in", "inside-fence"}
    assert answer.json()["distance_m"] == pytest.approx(0, abs=0.1)


FAR = LatLon(LA_SERENA.lat + 0.01, LA_SERENA.lon)


async def test_a_check_in_far_outside_is_taken_with_a_reason_and_flagged_with_its_distance(
    client: httpx.AsyncClient, field: Field
) -> None:
    body = a_check_in(field, at=FAR, reason="at work", reason_code="met_elsewhere")
    answer = await put(client, field, f"check-ins/{new_id()}", body)
    assert answer.status_code == 200
    verdict = answer.json()["verdict"]
    assert verdict["level"] == "unverified"
    assert {r["code"] for r in verdict["reasons"]} == {"manual-check-in", "outside-fence"}
    assert answer.json()["distance_m"] == pytest.approx(1112, abs=2)


@pytest.mark.parametrize(
    "changed", [{}, {"reason": None}, {"reason": "ok"}, {"reason_code": "other"}]
)
async def test_a_fresh_check_in_far_outside_is_asked_for_its_reason(
    client: httpx.AsyncClient, field: Field, changed: dict[str, Any]
) -> None:
    what = f"check-ins/{new_id()}"
    answer = await put(client, field, what, a_check_in(field, at=FAR, **changed))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "/problems/reason-needed"
    assert problem["detail"].startswith("The position is 1062 m outside the fence and 1112 m from")
    assert problem["distance_m"] == pytest.approx(1112, abs=2)
    assert problem["outside_m"] == pytest.approx(1062, abs=2)
    assert [error["field"] for error in problem["errors"]] == ["reason"]
    # The same id is free for the check-in with its reason.
    answer = await put(client, field, what, a_check_in(field, at=FAR, reason="no GPS"))
    assert answer.status_code == 200


@pytest.mark.parametrize(("age_s", "status"), [(300, 422), (301, 200), (7 * 3600, 200)])
async def test_a_check_in_made_offline_is_never_lost_and_flagged_that_no_reason_was_given(
    client: httpx.AsyncClient, field: Field, age_s: int, status: int
) -> None:
    at = (MONDAY_NINE - timedelta(seconds=age_s)).isoformat()
    body = a_check_in(field, at=FAR, device_time=at)
    body["fix"]["captured_at"] = at
    answer = await put(client, field, f"check-ins/{new_id()}", body)
    assert answer.status_code == status
    if status == 200:
        codes = [r["code"] for r in answer.json()["verdict"]["reasons"]]
        assert codes == ["manual-check-in", "outside-fence", "reason-missing"]


async def test_at_the_edge_or_without_a_position_nobody_is_asked_for_a_reason(
    client: httpx.AsyncClient, field: Field
) -> None:
    edge = LatLon(LA_SERENA.lat + 65 / 111_195, LA_SERENA.lon)
    for body in (a_check_in(field, at=edge), a_check_in(field, fix=None)):
        answer = await put(client, field, f"check-ins/{new_id()}", body)
        assert answer.status_code == 200
        codes = {r["code"] for r in answer.json()["verdict"]["reasons"]}
        assert codes & {"edge-within-accuracy", "no-fix"}


async def test_a_check_out_keeps_how_far_from_the_fence_it_was_made(
    client: httpx.AsyncClient, field: Field, database: Database
) -> None:
    arrival, departure = new_id(), new_id()
    await put(client, field, f"check-ins/{arrival}", a_check_in(field))
    fix = {"lat": FAR.lat, "lon": FAR.lon, "accuracy_m": 8, "captured_at": NINE}
    body = {"check_in_id": str(arrival), "device_time": NINE, "outcome": "paid", "fix": fix}
    answer = await put(client, field, f"check-outs/{departure}", body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["distance_m"] == pytest.approx(1112, abs=2)
    (reason,) = told["reasons"]
    assert (reason["code"], reason["facts"]["outside_m"]) == (
        "outside-fence", pytest.approx(1062, abs=2),
    )  # fmt: skip
    assert (await put(client, field, f"check-outs/{departure}", body)).json() == told
    async with database.transaction(EVERYTHING) as session:
        (kept,) = await rows(session, "SELECT distance_m, fix, device_time, server_time FROM"
                             " check_out WHERE id = :id", id=departure)  # fmt: skip
    assert (kept.distance_m, kept.fix["lat"]) == (told["distance_m"], FAR.lat)
    assert (kept.device_time, kept.server_time) == (MONDAY_NINE, MONDAY_NINE)


def test_a_check_in_without_a_code_is_the_same_body_as_before_there_were_codes() -> None:
    body = CheckInBody.model_validate({"case_id": str(uuid4()), "device_time": NINE})
    before = body.model_dump_json(exclude={"reason_code"})
    assert body.digest() == hashlib.sha256(before.encode()).digest()
    with_code = body.model_copy(update={"reason_code": ReasonCode.OTHER})
    assert with_code.digest() != body.digest()


async def test_the_same_check_in_again_gets_the_same_answer(
    client: httpx.AsyncClient, field: Field
) -> None:
    what = f"check-ins/{new_id()}"
    first = await put(client, field, what, a_check_in(field))
    again = await put(client, field, what, a_check_in(field))
    assert again.status_code == 200
    assert again.json() == first.json()


async def test_the_same_id_with_another_body_is_a_conflict(
    client: httpx.AsyncClient, field: Field
) -> None:
    what = f"check-ins/{new_id()}"
    await put(client, field, what, a_check_in(field))
    answer = await put(client, field, what, a_check_in(field, reason="asked to wait"))
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/id-reused"


@pytest.mark.parametrize(
    ("changed", "status", "named"),
    [
        ({"device_time": "2026-11-23T12:06:00Z"}, 422, "device_time"),
        ({"device_time": "2026-11-15T12:00:00Z"}, 422, "device_time"),
        ({"device_time": "yesterday"}, 422, "device_time"),
        ({"device_time": "2026-11-23T12:00:00"}, 422, "device_time"),
        ({"case_id": str(uuid4())}, 404, "case_id"),
        ({"fix": {"lat": 91, "lon": 0, "captured_at": NINE}}, 422, "fix.lat"),
        ({"fix": {"lat": 0, "lon": "east", "captured_at": NINE}}, 422, "fix.lon"),
        ({"reason": "a\x00b"}, 422, "reason"),
        ({"reason_code": "felt_like_it"}, 422, "reason_code"),
        ({"distance": 3}, 422, "distance"),
    ],
)
async def test_bad_input_gets_a_problem_that_names_the_field(
    client: httpx.AsyncClient, field: Field, changed: dict[str, Any], status: int, named: str
) -> None:
    answer = await put(client, field, f"check-ins/{new_id()}", a_check_in(field, **changed))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.text


async def test_malformed_json_is_a_clear_400(client: httpx.AsyncClient, field: Field) -> None:
    headers = bearer(field.token) | {"Content-Type": "application/json"}
    answer = await client.put(
        f"/v1/agent/check-ins/{new_id()}", content=b'{"case_id":', headers=headers
    )
    assert answer.status_code == 400
    assert answer.json()["title"] == "The body is not JSON"


async def test_an_agent_cannot_check_in_at_another_agents_case(
    client: httpx.AsyncClient, field: Field
) -> None:
    body = a_check_in(field, case_id=str(field.foreign.case_id))
    answer = await put(client, field, f"check-ins/{new_id()}", body)
    assert answer.status_code == 404


async def test_check_out_tells_how_long_the_visit_took(
    client: httpx.AsyncClient, field: Field
) -> None:
    arrival, departure = new_id(), new_id()
    await put(client, field, f"check-ins/{arrival}", a_check_in(field))
    body = {
        "check_in_id": str(arrival),
        "device_time": "2026-11-23T12:04:00Z",
        "outcome": "promised",
    }
    answer = await put(client, field, f"check-outs/{departure}", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["stayed_s"] == 240
    assert (await put(client, field, f"check-outs/{departure}", body)).json() == answer.json()
    second = await put(client, field, f"check-outs/{new_id()}", body)
    assert second.status_code == 409
    assert second.json()["type"] == "/problems/already-checked-out"


async def test_check_out_needs_its_check_in_and_cannot_precede_it(
    client: httpx.AsyncClient, field: Field
) -> None:
    arrival = new_id()
    body = {"check_in_id": str(arrival), "device_time": NINE, "outcome": "paid"}
    missing = await put(client, field, f"check-outs/{new_id()}", body)
    assert missing.status_code == 404
    await put(client, field, f"check-ins/{arrival}", a_check_in(field))
    early = body | {"device_time": "2026-11-23T11:59:00Z"}
    assert (await put(client, field, f"check-outs/{new_id()}", early)).status_code == 422


async def test_times_are_answered_in_utc_whatever_zone_they_came_in(
    client: httpx.AsyncClient, field: Field
) -> None:
    what = f"check-ins/{new_id()}"
    body = a_check_in(field, device_time="2026-11-23T09:00:00-03:00")
    first = await put(client, field, what, body)
    assert first.json()["device_time"] == "2026-11-23T12:00:00Z"
    assert (await put(client, field, what, body)).json() == first.json()
