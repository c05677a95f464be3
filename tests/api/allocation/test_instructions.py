"""What supervisors order for a case, over HTTP and as rounds follow it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import City, open_city
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph

TODAY = {"from_day": DAY.isoformat(), "until_day": DAY.isoformat(), "reason": "asked for it"}


@dataclass
class Scene:
    """A supervisor, an agent, and a case of each of some spots."""

    database: Database
    token: str
    agent_id: UUID
    case_ids: list[UUID]
    city: City

    async def plan(self, now: datetime = MONDAY_NINE) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            await plan_rounds(session, DAY, self.city, solve_all, now, [self.agent_id])

    async def round(self) -> tuple[list[Any], list[Any], list[str]]:
        """Stops, skipped cases and notes of the round in force."""
        async with self.database.transaction(EVERYTHING) as session:
            (found,) = await rows(
                session,
                "SELECT id, skipped, notes FROM round WHERE agent_id = :a AND replaced_at IS NULL",
                a=self.agent_id,
            )
            stops = await rows(
                session, "SELECT * FROM stop WHERE round_id = :r ORDER BY seq", r=found.id
            )
        return list(stops), found.skipped, found.notes


@pytest.fixture
async def scene(database: Database) -> Scene:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session, location=HOME)
        agent = await an_agent(session, branch, home=HOME, shift=SHIFT, cash_limit_minor=10**9)
        spots = ((100, 10), (300, 110), (390, 290))
        cases = [
            await a_case(session, branch, at=LatLon(*at(*spot)), agent_id=agent) for spot in spots
        ]
        token = await a_token(session, await a_person(session, branch))
    city = open_city(small_graph())
    return Scene(database, token, agent, [case.case_id for case in cases], city)


async def order(
    client: httpx.AsyncClient, scene: Scene, kind: str, case: int = 0, order_id: UUID | None = None,
    **body: Any,
) -> httpx.Response:  # fmt: skip
    path = f"/v1/cases/{scene.case_ids[case]}/instructions/{order_id or new_id()}"
    told = {"kind": kind, **TODAY, **body}
    return await client.put(path, json=told, headers=bearer(scene.token))


async def test_an_order_is_kept_with_who_gave_it_and_may_be_sent_again(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    order_id = new_id()
    first = await order(client, scene, "must_visit", order_id=order_id)
    assert first.status_code == 200, first.text
    assert first.json()["made_by_name"] == "Sofía Rojas"
    again = await order(client, scene, "must_visit", order_id=order_id)
    assert (again.status_code, again.json()) == (200, first.json())
    other = await order(client, scene, "do_not_visit", order_id=order_id)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/id-reused")


async def test_two_orders_for_one_day_are_told_of_each_other(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    first = (await order(client, scene, "do_not_visit", until_day=None)).json()
    other = await order(client, scene, "must_visit")
    assert other.status_code == 409
    told = other.json()
    assert told["type"] == "/problems/instruction-stands"
    assert (told["instruction_id"], told["ordered"]) == (first["id"], "do_not_visit")
    assert "Sofía Rojas ordered do_not_visit" in told["detail"]
    path = f"/v1/cases/{scene.case_ids[0]}/instructions"
    for _ in range(2):
        ended = await client.delete(f"{path}/{first['id']}", headers=bearer(scene.token))
        assert ended.json()["ended_at"] == "2026-11-23T12:00:00Z"
    assert (await order(client, scene, "must_visit")).status_code == 200
    listed = (await client.get(path, headers=bearer(scene.token))).json()
    assert {one["kind"] for one in listed} == {"must_visit", "do_not_visit"}


async def test_of_two_orders_at_once_one_stands(client: httpx.AsyncClient, scene: Scene) -> None:
    kinds = ("must_visit", "do_not_visit", "must_visit", "do_not_visit")
    answers = await asyncio.gather(*(order(client, scene, kind) for kind in kinds))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_the_same_order_at_once_is_kept_once(client: httpx.AsyncClient, scene: Scene) -> None:
    order_id = new_id()
    answers = await asyncio.gather(
        *(order(client, scene, "must_visit", order_id=order_id) for _ in range(4))
    )
    assert [answer.status_code for answer in answers] == [200] * 4


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("must_visit", {"from_day": "2026-11-22"}, "from_day"),
        ("must_visit", {"until_day": "2026-11-22"}, "until_day"),
        ("next_stop", {"until_day": None}, "until_day"),
        ("fixed_time", {}, "at"),
        ("must_visit", {"at": "2026-11-23T18:00:00Z"}, "at"),
        ("fixed_time", {"at": "2026-11-24T18:00:00Z"}, "at"),
        ("fixed_time", {"at": "2026-11-23T11:00:00Z"}, "at"),
        ("must_visit", {"tolerance_s": 60}, "tolerance_s"),
    ],
)
async def test_an_order_that_nobody_could_follow_is_refused_by_its_field(
    client: httpx.AsyncClient, scene: Scene, kind: str, body: dict[str, Any], field: str
) -> None:
    answer = await order(client, scene, kind, **body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_a_case_that_is_not_there_and_an_order_that_is_not_are_404(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    path = f"/v1/cases/{new_id()}/instructions/{new_id()}"
    body = {"kind": "must_visit", **TODAY}
    assert (await client.put(path, json=body, headers=bearer(scene.token))).status_code == 404
    path = f"/v1/cases/{scene.case_ids[0]}/instructions/{new_id()}"
    assert (await client.delete(path, headers=bearer(scene.token))).status_code == 404


async def test_a_case_not_to_be_visited_is_skipped_with_who_said_so(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    await order(client, scene, "do_not_visit", reason="in hospital")
    await scene.plan()
    stops, skipped, _ = await scene.round()
    assert len(stops) == 2
    assert skipped[0]["code"] == "barred"
    assert skipped[0]["reason"] == "Sofía Rojas ordered not to visit: in hospital"
    assert skipped[0]["would_help"] == "the ban lifted"
    assert skipped[0]["remedies"][0][0]["kind"] == "lift_ban"


async def test_a_fixed_time_is_kept_and_the_stop_says_why(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    at_three = datetime(2026, 11, 23, 18, tzinfo=UTC)
    await order(client, scene, "fixed_time", at=at_three.isoformat(), reason="center meeting")
    await scene.plan()
    stops, _, _ = await scene.round()
    (stop,) = (s for s in stops if s.case_id == scene.case_ids[0])
    assert at_three <= stop.begins_at <= at_three + timedelta(minutes=10)
    assert stop.reason["text"].startswith("has a fixed time (Sofía Rojas: center meeting)")
    assert 0 <= stop.slack_s <= 600


async def test_a_stop_keeps_its_planned_time_in_later_plans(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    early = await order(client, scene, "keep_as_planned")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-in-a-round")
    await scene.plan()
    before = {stop.case_id: stop.begins_at for stop in (await scene.round())[0]}
    last = max(before, key=lambda case_id: before[case_id])
    kept = await order(client, scene, "keep_as_planned", scene.case_ids.index(last))
    assert kept.status_code == 200, kept.text
    await order(
        client, scene, "next_stop", scene.case_ids.index(min(before, key=before.__getitem__))
    )
    await scene.plan()
    after = {stop.case_id: stop.begins_at for stop in (await scene.round())[0]}
    assert abs(after[last] - before[last]) <= timedelta(minutes=15)


async def test_the_next_stop_opens_the_round(client: httpx.AsyncClient, scene: Scene) -> None:
    await scene.plan()
    last = (await scene.round())[0][-1].case_id
    await order(client, scene, "next_stop", scene.case_ids.index(last))
    await scene.plan()
    assert (await scene.round())[0][0].case_id == last


async def test_an_order_that_cannot_be_followed_is_told_and_the_round_is_published(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    await order(client, scene, "fixed_time", at=late.isoformat(), reason="after work")
    await scene.plan()
    stops, skipped, notes = await scene.round()
    assert len(stops) == 2
    assert skipped[0]["code"] == "not_today"
    assert "leave no time for a visit within the contact hours 08:00–19:00" in skipped[0]["reason"]
    assert "has a fixed time (Sofía Rojas: after work), yet cannot be" in notes[0]


async def test_a_case_that_needs_a_skill_is_left_to_who_has_it(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    path = f"/v1/cases/{scene.case_ids[0]}/needs"
    answer = await client.put(path, json={"needs": ["gold_loans"]}, headers=bearer(scene.token))
    assert (answer.status_code, answer.json()) == (200, {"needs": ["gold_loans"]})
    await scene.plan()
    _, skipped, _ = await scene.round()
    assert (skipped[0]["code"], skipped[0]["reason"]) == ("missing_skill", "needs gold_loans")
    assert skipped[0]["would_help"] == "gold_loans"
    unknown = f"/v1/cases/{new_id()}/needs"
    answer = await client.put(unknown, json={"needs": []}, headers=bearer(scene.token))
    assert answer.status_code == 404
