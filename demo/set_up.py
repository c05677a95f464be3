"""Set a demonstration up as its people would: over the public HTTP API, as they sign in there.

Everything here looks first at what is there, so that it may be run again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from core.errors import Unavailable
from core.geometry import LatLon
from demo.centers import MEETS_AT, DemoCenter
from demo.orders import first_working_day, working_day
from demo.portfolio import BRANCHES, COUNTRY, CURRENCY, PASSWORD, ZONE, DemoAgent

HEAD_OFFICE = "HO"
ADMIN = "admin"
COUNTING_S = 480
"""To hand cash in and have it counted."""
PLANNING_S = 180
LOOK_EVERY_S = 0.25
LEFT_OPEN = 4
"""So many cases of a forgetful agent have nothing to come."""

OFFICE = (
    ("supervisor", "supervisor", HEAD_OFFICE, "Carolina Fuentes Araya"),
    ("supervisor.ls", "supervisor", "LS", "Patricio Rojas Núñez"),
    ("supervisor.cq", "supervisor", "CQ", "Mónica Tapia Olivares"),
    ("manager", "allocation_manager", HEAD_OFFICE, "Rodrigo Álvarez Pizarro"),
    ("leader", "leadership", HEAD_OFFICE, "Javiera Muñoz Carrasco"),
    ("cashdesk.ls", "cash_desk", "LS", "Teresa Godoy Cortés"),
    ("cashdesk.cq", "cash_desk", "CQ", "Hernán Vega Marín"),
)
"""User name, role, branch and name of everybody who is no agent."""


@dataclass(eq=False)
class SetUpRefused(Unavailable):
    """The demonstration could not be set up."""

    request: str
    answer: str

    @property
    def detail(self) -> str:
        return f"{self.request} was answered: {self.answer}"


@dataclass(slots=True)
class Office:
    """People at their desks: requests in the name of whoever may make them."""

    http: httpx.Client
    _tokens: dict[str, str] = field(default_factory=dict)

    def knows(self, username: str) -> bool:
        """Whether that person can sign in; then requests may be made in that name."""
        body = {"username": username, "password": PASSWORD}
        answer = self.http.post("/v1/sign-in", json=body)
        if answer.status_code == 200:
            self._tokens[username] = answer.json()["token"]
        elif answer.status_code != 401:
            raise SetUpRefused(f"POST /v1/sign-in as {username}", answer.text)
        return answer.status_code == 200

    def ask(self, who: str, method: str, path: str, **content: Any) -> httpx.Response:
        """An answer of any status, in the name of `who`."""
        if who not in self._tokens and not self.knows(who):
            raise SetUpRefused(f"POST /v1/sign-in as {who}", "no such person")
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        return self.http.request(method, path, headers=headers, **content)

    def call(self, who: str, method: str, path: str, **content: Any) -> Any:
        """What a successful request is answered. Raises `SetUpRefused` for any other."""
        answer = self.ask(who, method, path, **content)
        if not answer.is_success:
            raise SetUpRefused(f"{method} {path}", answer.text)
        return answer.json() if answer.content else None


def open_branches(office: Office) -> None:
    """The branches below the head office."""
    known = {branch["code"] for branch in office.call(ADMIN, "GET", "/v1/branches")}
    for code, name, at in BRANCHES:
        if code not in known:
            body = {
                "code": code,
                "name": name,
                "zone": ZONE,
                "country": COUNTRY,
                "currency": CURRENCY,
                "location": {"lat": at.lat, "lon": at.lon},
                "parent_code": HEAD_OFFICE,
            }
            office.call(ADMIN, "POST", "/v1/branches", json=body)


def open_counters(office: Office) -> None:
    """A counter at each branch where agents hand in cash on their rounds."""
    for code, name, at in BRANCHES:
        body = {
            "branch_code": code,
            "name": f"Counter {name}",
            "kind": "branch",
            "lat": at.lat,
            "lon": at.lon,
            "service_s": COUNTING_S,
            "hours": [
                {
                    "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat"],
                    "from_time": "09:00",
                    "to_time": "18:00",
                }
            ],
        }
        # Made of the code, so that doing it again is the same request.
        point_id = uuid5(NAMESPACE_URL, f"counter:{code}")
        office.call(ADMIN, "PUT", f"/v1/deposit-points/{point_id}", json=body)


def employ(office: Office, agents: Sequence[DemoAgent]) -> dict[str, str]:
    """Everybody who is not employed yet; the agents' ids by user name."""
    for username, role, branch, name in OFFICE:
        _employ(office, username, role, branch, name)
    return {agent.username: _employ_agent(office, agent) for agent in agents}


def _employ_agent(office: Office, agent: DemoAgent) -> str:
    facts = {
        "home": {"lat": agent.home.lat, "lon": agent.home.lon},
        "languages": ["es"],
        "cash_limit_minor": agent.cash_limit_minor,
    }
    return _employ(
        office, agent.username, "agent", agent.branch_code, agent.full_name,
        phone=agent.phone, agent=facts,
    )  # fmt: skip


def _employ(office: Office, username: str, role: str, branch: str, name: str, **more: Any) -> str:
    """The person's id, whether they are new or not."""
    body = {
        "branch_code": branch,
        "role": role,
        "full_name": name,
        "username": username,
        "password": PASSWORD,
    }
    answer = office.ask(ADMIN, "POST", "/v1/staff", json=body | more)
    if answer.status_code == 409:
        answer = office.ask(username, "GET", "/v1/me")
    if not answer.is_success:
        raise SetUpRefused("POST /v1/staff", answer.text)
    staff_id: str = answer.json()["id"]
    return staff_id


def enroll(office: Office, agents: Sequence[DemoAgent]) -> dict[str, str]:
    """A new phone for each agent: its key by user name."""
    keys = {}
    for agent in agents:
        body = {"branch_code": agent.branch_code, "label": f"Phone of {agent.full_name}"}
        keys[agent.username] = office.call(ADMIN, "POST", "/v1/devices", json=body)["key"]
    return keys


def is_enrolled(office: Office, key: str) -> bool:
    """Whether a device with this key is known; an empty batch of pings is answered 200 then."""
    headers = {"Authorization": f"Bearer {key}"}
    answer = office.http.post("/v1/pings", json={"pings": []}, headers=headers)
    return answer.status_code == 200


def branch_places(office: Office) -> dict[str, LatLon]:
    """Where each branch is, by its code."""
    return {
        branch["code"]: LatLon(**branch["location"])
        for branch in office.call(ADMIN, "GET", "/v1/branches")
        if branch["location"]
    }


def form_centers(office: Office, centers: Sequence[DemoCenter], day: date) -> None:
    """A center in each branch that meets on `day` and every week after it."""
    for center in centers:
        path = f"/v1/branches/{center.branch_code}/centers/C1"
        schedule = {
            "first_on": day.isoformat(), "every_days": 7, "meets_at": MEETS_AT,
            "place": center.place, "location": {"lat": center.at.lat, "lon": center.at.lon},
        }  # fmt: skip
        groups = [
            {"code": code, "name": f"Grupo {code[1:]}", "customers": members}
            for code, members in center.groups.items()
        ]
        members = {"name": center.name, "customers": center.customers}
        office.call("manager", "PUT", path, json=members)
        office.call("manager", "PUT", f"{path}/schedule", json=schedule)
        office.call("manager", "PUT", f"{path}/groups", json={"groups": groups})


def plan_day(office: Office, agents: Sequence[DemoAgent], ids: dict[str, str], day: date) -> None:
    """Shifts and rounds for everybody; an agent with a round of `day` keeps both.

    `ids` are the agents' by user name. Returns when every round is published. Raises
    `SetUpRefused` when that takes too long.
    """
    missing = [agent for agent in agents if not _has_round(office, ids[agent.username], day)]
    hours = working_day(day)
    shift = {
        "starts_at": hours.begins_at.isoformat(),
        "ends_at": hours.ends_at.isoformat(),
        "breaks": [{"begins_at": hours.break_from.isoformat(), "length_s": hours.break_s}],
    }
    for agent in missing:
        office.call("manager", "PUT", f"/v1/agents/{ids[agent.username]}/shift", json=shift)
    for code in sorted({agent.branch_code for agent in missing}):
        office.call("manager", "POST", f"/v1/branches/{code}/days/{day}/plan")
    deadline = time.monotonic() + PLANNING_S
    for agent in missing:
        while not _has_round(office, ids[agent.username], day):
            if time.monotonic() > deadline:
                raise SetUpRefused("planning the day", f"no round for {agent.full_name} yet")
            time.sleep(LOOK_EVERY_S)


def decide_what_comes_next(office: Office, day: date, forgetful_id: str) -> None:
    """Have a call or a visit in the days to come on each case that no round has on `day`.

    A few of a forgetful agent's are left for a supervisor to find.
    """
    left_open = 0
    cursor: str | None = ""
    while cursor is not None:
        found = office.call(
            "supervisor", "GET", "/v1/cases",
            params={"next_action": "none", "limit": 100, **({"cursor": cursor} if cursor else {})},
        )  # fmt: skip
        for number, case in enumerate(found["items"]):
            if case["agent_id"] == forgetful_id and left_open < LEFT_OPEN:
                left_open += 1
                continue
            body = {
                "kind": "call" if number % 4 == 0 else "visit",
                "due_on": first_working_day(day + timedelta(days=1 + number % 6)).isoformat(),
            }
            office.call("supervisor", "PUT", f"/v1/cases/{case['id']}/next-action", json=body)
        cursor = found["next_cursor"]


def _has_round(office: Office, agent_id: str, day: date) -> bool:
    answer = office.ask("supervisor", "GET", f"/v1/agents/{agent_id}/round")
    if answer.status_code == 404:
        return False
    if answer.status_code != 200:
        raise SetUpRefused(f"GET /v1/agents/{agent_id}/round", answer.text)
    planned_for: str = answer.json()["day"]
    return planned_for == day.isoformat()


def name_products(office: Office, products: Mapping[str, str]) -> None:
    """Have the lender's product codes (keys) mean these product types, whose terms stay."""
    for code, product_type in products.items():
        known = office.call(ADMIN, "GET", f"/v1/product-types/{product_type}")
        if code in known["lender_codes"]:
            continue
        body = {
            "name": known["name"],
            "lender_codes": [*known["lender_codes"], code],
            "terms": known["versions"][0]["terms"],
        }
        office.call(ADMIN, "PUT", f"/v1/product-types/{product_type}", json=body)


def import_demands(office: Office, content: bytes, day: date) -> int:
    """Load a demand file as the administrator; the rows loaded.

    Raises `SetUpRefused` when a row was not.
    """
    file = {"file": ("demand.csv", content, "text/csv")}
    report = office.call(
        ADMIN, "POST", "/v1/demand-files", files=file, data={"business_date": day.isoformat()}
    )
    loaded: int = report["rows_loaded"]
    if loaded < report["rows_read"]:
        raise SetUpRefused("the demand file", str(report["problems"][:3]))
    return loaded
