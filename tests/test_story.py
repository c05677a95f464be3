"""A field day, end to end, through the API: as a lender, its agents and its office live it."""

import asyncio
import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
import numpy as np

from core.geometry import LatLon, LocalPlane
from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.enroll import NewBranch, NewStaff, employ, open_branch
from identity.principal import Role
from streets.publish import publish
from tests.served import Served, serving, set_clock
from tests.streets.small_city import at, small_graph

ELEVEN = datetime(2026, 11, 23, 14, tzinfo=UTC)
"""11:00 in Santiago, when the story is told; it began at nine."""

NINE = ELEVEN - timedelta(hours=2)
PASSWORD = "correct horse battery"
HOUSES = [(100, 15), (310, 15), (200, 115), (390, 215), (15, 290), (300, 285)]


async def _found(database_url: str) -> None:
    database = Database(database_url)
    async with database.transaction(EVERYTHING) as session:
        head = NewBranch("HO", "Cooperativa", "America/Santiago", "CL", "CLP", None, None)
        await open_branch(session, head)
        await employ(session, NewStaff("HO", Role.ADMIN, "Ana Vera", "admin", PASSWORD))
        await publish(session, small_graph(), [], "town", NINE)
    await database.close()


@dataclass
class Person:
    """Somebody signed in."""

    client: httpx.Client
    id: str = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def __call__(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        answer = self.client.request(method, path, json=body)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


def signed_in(served: Served, username: str) -> Person:
    client = httpx.Client(base_url=served.url, timeout=30)
    body = {"username": username, "password": PASSWORD}
    token = client.post("/v1/sign-in", json=body).raise_for_status().json()["token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return Person(client)


def eventually(what: Callable[[], Any], within_s: float = 120) -> Any:
    """The first true answer of `what`, asked until then."""
    deadline = time.monotonic() + within_s
    while not (answer := what()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.2)
    return answer


def place(spot: tuple[float, float]) -> dict[str, float]:
    lat, lon = at(*spot)
    return {"lat": lat, "lon": lon}


def employ_people(admin: Person, served: Served) -> tuple[dict[str, str], dict[str, str]]:
    """Two agents, signed on to their phones and on shift, and the office.

    Returns the agents' ids and their device keys, by user name.
    """
    admin("POST", "/v1/branches", {
        "code": "LS", "name": "La Serena", "zone": "America/Santiago", "country": "CL",
        "currency": "CLP", "location": place((0, 0)), "parent_code": "HO",
    }, expect=201)  # fmt: skip
    for role in ("supervisor", "allocation_manager", "cash_desk"):
        admin("POST", "/v1/staff", {
            "branch_code": "LS", "role": role, "full_name": role, "username": role,
            "password": PASSWORD,
        }, expect=201)  # fmt: skip
    agents, keys = {}, {}
    for name, home in (("diego", (0, 0)), ("elena", (400, 300))):
        made = admin("POST", "/v1/staff", {
            "branch_code": "LS", "role": "agent", "full_name": name.title(), "username": name,
            "password": PASSWORD, "agent": {"home": place(home), "cash_limit_minor": 100_000},
        }, expect=201)  # fmt: skip
        device = admin("POST", "/v1/devices", {"branch_code": "LS", "label": name}, expect=201)
        shift = {"starts_at": NINE.isoformat(), "ends_at": (NINE + timedelta(hours=9)).isoformat()}
        admin("PUT", f"/v1/agents/{made['id']}/shift", shift)
        with signed_in(served, name) as agent:
            agent("PUT", "/v1/agent/sign-on", {"device_key": device["key"]})
        agents[name], keys[name] = made["id"], device["key"]
    return agents, keys


def demand_file() -> bytes:
    """Six customers with 60,000 due each, and one row that cannot be read."""
    text = io.StringIO()
    columns = ["branch_code", "customer_id", "customer_name", "address", "lat", "lon",
               "loan_account_no", "due_date", "total_due"]  # fmt: skip
    writer = csv.writer(text)
    writer.writerow(columns)
    for number, house in enumerate(HOUSES, 1):
        spot = place(house)
        writer.writerow(["LS", f"C{number}", f"Customer {number}", f"Lautaro {number}",
                         f"{spot['lat']:.6f}", f"{spot['lon']:.6f}", f"L{number}", "2026-10-24",
                         "60000"])  # fmt: skip
    writer.writerow(["LS", "C9", "Customer 9", "Lautaro 9", "", "", "L9", "24/13/2026", "60000"])
    return text.getvalue().encode()


def upload(admin: Person, content: bytes) -> Any:
    files = {"file": ("demand.csv", content, "text/csv")}
    answer = admin.client.post("/v1/demand-files", files=files)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def pings_of_a_visit(house: LatLon, begin: datetime, minutes: int = 6) -> list[dict[str, Any]]:
    """Ten seconds apart: up the street, so many minutes at the door, and away again."""
    rng = np.random.default_rng(1)
    seconds = np.arange(0, 240 + 60 * minutes, 10)
    away_m = np.interp(seconds, [0, 120, 120 + 60 * minutes, 240 + 60 * minutes], [500, 0, 0, 500])
    lat, lon = LocalPlane(house).latlon(
        away_m + rng.normal(0, 3, len(seconds)), rng.normal(0, 3, len(seconds))
    )
    return [
        {"captured_at": (begin + timedelta(seconds=int(s))).isoformat(), "lat": float(a),
         "lon": float(b), "accuracy_m": 6.0}
        for s, a, b in zip(seconds, lat, lon, strict=True)
    ]  # fmt: skip


def cash(case_id: str, amount_minor: int, when: datetime) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "amount": {"amount_minor": amount_minor, "currency": "CLP"},
        "mode": "cash",
        "taken_at": when.isoformat(),
    }


def test_a_field_day_from_the_demand_file_to_the_cash_desk(
    own_database_url: str, redis_url: str
) -> None:
    asyncio.run(_found(own_database_url))
    set_clock(own_database_url, NINE)
    with (
        serving(own_database_url, redis_url, worker=False) as served,
        signed_in(served, "admin") as admin,
    ):
        agents, keys = employ_people(admin, served)
        take_in_the_demand_file(admin)
    # Two hours later, after a restart: everything is as it was left.
    set_clock(own_database_url, ELEVEN)
    with (
        serving(own_database_url, redis_url) as served,
        signed_in(served, "diego") as diego,
        signed_in(served, "elena") as elena,
        signed_in(served, "supervisor") as supervisor,
        signed_in(served, "allocation_manager") as manager,
        signed_in(served, "cash_desk") as desk,
    ):
        diego.id, elena.id = agents["diego"], agents["elena"]
        round_ = begin_the_day(manager, diego, elena)
        visit_the_first_customer(diego, keys["diego"], round_, supervisor)
        reach_the_cash_limit_and_deposit(diego, round_, supervisor, desk)
        fall_ill(diego, elena, round_, supervisor)


def take_in_the_demand_file(admin: Person) -> None:
    """Good rows load, the bad one is reported, and once is enough."""
    report = upload(admin, demand_file())
    assert report["rows_loaded"] == 6
    assert [(p["line"], p["column"]) for p in report["problems"]] == [(8, "due_date")]
    assert upload(admin, demand_file())["already_imported"] is True


def planned(agent: Person) -> Any:
    """The agent's round of today, None before it is planned."""
    answer = agent.client.get("/v1/agent/round")
    return answer.json() if answer.status_code == 200 else None


def begin_the_day(manager: Person, diego: Person, elena: Person) -> Any:
    """The worker allocates and plans; both agents get a round on the streets."""
    manager("POST", "/v1/branches/LS/days/2026-11-23/plan", expect=202)
    round_ = eventually(lambda: planned(diego))
    eventually(lambda: planned(elena))
    first = round_["stops"][0]
    assert first["leg"]["geometry"]["type"] == "LineString"
    assert first["reason"]
    return round_


def visit_the_first_customer(diego: Person, key: str, round_: Any, supervisor: Person) -> None:
    """Pings from the phone that was offline till now, a check-in, and cash."""
    first = round_["stops"][0]
    house = LatLon(first["lat"], first["lon"])
    begin = NINE + timedelta(minutes=10)
    pings = pings_of_a_visit(house, begin)
    phone = {"Authorization": f"Bearer {key}"}
    sent = diego.client.post("/v1/pings", json={"pings": pings}, headers=phone)
    assert sent.status_code == 200, sent.text
    assert sent.json()["stored"] == len(pings)
    arrived = begin + timedelta(minutes=3)
    fix = {"lat": house.lat, "lon": house.lon, "accuracy_m": 6, "captured_at": arrived.isoformat()}
    body = {"case_id": first["case_id"], "device_time": arrived.isoformat(), "fix": fix}
    check_in = diego("PUT", f"/v1/agent/check-ins/{new_id()}", body)
    assert check_in["verdict"]["level"] == "probable"
    paid = diego("PUT", f"/v1/agent/receipts/{new_id()}", cash(first["case_id"], 60_000, arrived))
    assert paid["outstanding"]["amount_minor"] == 0
    assert paid["headroom"]["amount_minor"] == 40_000

    # The pings, not the check-in, verify the visit.
    def status() -> str:
        stops = supervisor("GET", f"/v1/agents/{diego.id}/round")["stops"]
        return str(next(s["status"] for s in stops if s["case_id"] == first["case_id"]))

    eventually(lambda: status() == "verified")


def open_alerts(supervisor: Person) -> set[str]:
    return {alert["kind"] for alert in supervisor("GET", "/v1/live/snapshot")["alerts"]}


def reach_the_cash_limit_and_deposit(
    diego: Person, round_: Any, supervisor: Person, desk: Person
) -> None:
    """A payment that would pass the limit of 100,000 is refused, until a deposit makes room."""
    second, now = round_["stops"][1]["case_id"], ELEVEN - timedelta(minutes=5)
    receipt = f"/v1/agent/receipts/{new_id()}"
    refused = diego("PUT", receipt, cash(second, 50_000, now), expect=409)
    assert refused["type"] == "/problems/over-cash-limit"
    assert "cash_limit" in open_alerts(supervisor)
    deposit = str(new_id())
    handed_over = {
        "amount": {"amount_minor": 60_000, "currency": "CLP"},
        "target": "branch",
        "denominations": [{"face_minor": 20_000, "count": 3}],
        "deposited_at": ELEVEN.isoformat(),
    }
    diego("PUT", f"/v1/agent/deposits/{deposit}", handed_over)
    taken = diego("PUT", receipt, cash(second, 50_000, now))
    assert taken == diego("PUT", receipt, cash(second, 50_000, now))
    assert diego("GET", "/v1/agent/till")["in_hand"]["amount_minor"] == 50_000
    assert "cash_limit" not in open_alerts(supervisor)
    desk("POST", f"/v1/deposits/{deposit}/acknowledge")
    promise = {
        "case_id": second,
        "amount": {"amount_minor": 10_000, "currency": "CLP"},
        "due_on": "2026-11-25",
        "made_at": now.isoformat(),
    }
    diego("PUT", f"/v1/agent/promises/{new_id()}", promise)
    strip = supervisor("GET", "/v1/live/snapshot")["strip"]
    assert strip["collected_minor"] == 110_000
    assert strip["cash_in_hand_minor"] == 50_000
    assert strip["visits_done"] == 1


def fall_ill(diego: Person, elena: Person, round_: Any, supervisor: Person) -> None:
    """Diego's open visits go to Elena, whose phone has them soon; his cash stays with him."""
    done = supervisor("POST", f"/v1/agents/{diego.id}/unavailable", {"reason": "ill"})
    moved = {m["case_id"] for m in done["moved"]}
    assert moved
    assert {m["to_agent_id"] for m in done["moved"]} == {elena.id}
    # Two customers were seen: one at the door, one who paid; nobody needs to go there again.
    seen = {stop["case_id"] for stop in round_["stops"][:2]}
    assert len(moved) + len(done["unplaced"]) == len(round_["stops"]) - len(seen)
    eventually(lambda: moved <= {s["case_id"] for s in planned(elena)["stops"]})
    assert {s["case_id"] for s in planned(diego)["stops"]} == seen
    assert diego("GET", "/v1/agent/till")["in_hand"]["amount_minor"] == 50_000
