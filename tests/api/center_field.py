"""An agent and a center that meets, over HTTP."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import ACase, a_branch, a_case, a_person, a_token, an_agent, branch_code

NINE = "2026-11-23T12:00:00Z"
MONDAY = date(2026, 11, 23)
NAMES = ("Ana Araya", "Berta Bravo", "Carla Castro", "Delia Díaz")


@dataclass
class CenterField:
    """A center of four members in two groups, each with 50,000 pesos due, all with one agent."""

    database: Database
    client: httpx.AsyncClient
    branch: UUID
    code: str
    agent: UUID
    token: str
    manager: str
    supervisor: str
    members: list[ACase]
    center: UUID = field(default_factory=new_id)

    async def ask(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.transaction(EVERYTHING) as session:
            return list(await rows(session, statement, **parameters))

    async def do(self, statement: str, **parameters: Any) -> None:
        async with self.database.transaction(EVERYTHING) as session:
            await session.execute(text(statement), parameters)

    async def get(self, path: str, token: str | None = None, **query: Any) -> httpx.Response:
        return await self.client.get(path, params=query, headers=bearer(token or self.token))

    async def put(self, path: str, body: Any, token: str | None = None) -> httpx.Response:
        return await self.client.put(path, json=body, headers=bearer(token or self.manager))

    async def sheet(self, token: str | None = None, on: date = MONDAY) -> dict[str, Any]:
        whose = "agent/" if token is None else ""
        answer = await self.get(f"/v1/{whose}centers/{self.center}/sheet", token, on=str(on))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def paid(self, member: int, minor: int = 50_000, **changed: Any) -> dict[str, Any]:
        """A member who came and paid."""
        case = self.members[member]
        receipt = {
            "id": str(new_id()), "case_id": str(case.case_id), "mode": "cash",
            "amount": {"amount_minor": minor, "currency": "CLP"},
        } | changed  # fmt: skip
        return {
            "customer_id": str(case.customer_id), "attendance": "present", "receipts": [receipt],
        }  # fmt: skip

    def marked(self, member: int, attendance: str = "absent") -> dict[str, Any]:
        """A member who did not pay."""
        id_ = str(self.members[member].customer_id)
        return {"customer_id": id_, "attendance": attendance, "receipts": []}

    def body(self, *members: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """A sheet whose notes make its cash; who is not mentioned is absent."""
        named = {m["customer_id"] for m in members}
        others = [
            self.marked(n) for n, m in enumerate(self.members) if str(m.customer_id) not in named
        ]
        cash = sum(
            r["amount"]["amount_minor"]
            for m in members
            for r in m["receipts"]
            if r["mode"] == "cash"
        )
        return {
            "center_id": str(self.center), "held_at": NINE, "members": [*members, *others],
            "denominations": [{"face_minor": 1000, "count": cash // 1000}],
        } | changed  # fmt: skip

    async def submit(self, body: dict[str, Any], id_: UUID | None = None) -> httpx.Response:
        return await self.put(f"/v1/agent/center-meetings/{id_ or new_id()}", body, self.token)

    async def in_hand(self) -> int:
        answer = await self.get("/v1/agent/till")
        return int(answer.json()["in_hand"]["amount_minor"])

    async def numbers(self) -> list[int]:
        found = await self.ask(
            "SELECT number FROM receipt WHERE agent_id = :agent ORDER BY number", agent=self.agent
        )
        return [r.number for r in found]


async def a_center_field(database: Database, client: httpx.AsyncClient) -> CenterField:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, cash_limit_minor=500_000)
        members = [
            await a_case(session, branch, agent_id=agent, customer_name=name) for name in NAMES
        ]
        made = CenterField(
            database, client, branch, await branch_code(session, branch), agent,
            await a_token(session, agent),
            await a_token(session, await a_person(session, branch, Role.ALLOCATION_MANAGER)),
            await a_token(session, await a_person(session, branch)), members,
        )  # fmt: skip
        refs = {
            r.id: r.source_ref
            for r in await rows(
                session, "SELECT id, source_ref FROM customer WHERE branch_id = :branch",
                branch=branch,
            )
        }  # fmt: skip
    named = [refs[member.customer_id] for member in members]
    base = f"/v1/branches/{made.code}/centers/C1"
    schedule = {
        "first_on": "2026-11-16", "every_days": 7, "meets_at": "09:00", "place": "Sede vecinal",
        "location": {"lat": -29.9027, "lon": -71.252},
    }  # fmt: skip
    groups = [
        {"code": "G1", "name": "Las Primeras", "customers": named[:2]},
        {"code": "G2", "name": "Las Otras", "customers": named[2:3]},
    ]
    for path, body in (
        (base, {"name": "Sindempart", "customers": named}),
        (f"{base}/schedule", schedule),
        (f"{base}/groups", {"groups": groups}),
    ):
        answer = await made.put(path, body)
        assert answer.status_code == 204, answer.text
    [row] = await made.ask("SELECT id FROM center WHERE branch_id = :branch", branch=branch)
    made.center = row.id
    return made
