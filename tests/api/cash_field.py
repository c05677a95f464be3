"""An agent in the field with a case, a till and a cashier at the branch, over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import LA_SERENA, ACase, a_branch, a_case, a_person, a_token, an_agent

NINE = "2026-11-23T12:00:00Z"


@dataclass
class Field:
    """An agent with a case of 50,000 pesos due, a till of 500,000, and a cashier."""

    database: Database
    client: httpx.AsyncClient
    branch: UUID
    agent: UUID
    token: str
    desk: str
    case: ACase

    async def pay(self, minor: int = 20_000, id_: UUID | None = None, **changed: Any) -> Any:
        body = {
            "case_id": str(self.case.case_id),
            "amount": {"amount_minor": minor, "currency": "CLP"},
            "mode": "cash",
            "taken_at": NINE,
            "fix": {
                "lat": LA_SERENA.lat, "lon": LA_SERENA.lon, "accuracy_m": 8, "captured_at": NINE,
            },
        } | changed  # fmt: skip
        return await self.client.put(
            f"/v1/agent/receipts/{id_ or new_id()}", json=body, headers=bearer(self.token)
        )

    async def deposit(self, minor: int, id_: UUID | None = None, **changed: Any) -> Any:
        body = {
            "amount": {"amount_minor": minor, "currency": "CLP"},
            "denominations": [{"face_minor": 1000, "count": minor // 1000}],
            "target": "branch",
            "deposited_at": NINE,
        } | changed
        return await self.client.put(
            f"/v1/agent/deposits/{id_ or new_id()}", json=body, headers=bearer(self.token)
        )

    async def due_later(self, minor: int) -> None:
        """Have the case's account demand so much in a month, too."""
        await self.ask(
            "INSERT INTO demand (id, account_id, branch_id, due_on, installment_no,"
            " principal_minor, interest_minor, charges_minor, penal_minor, total_minor)"
            " SELECT :id, c.account_id, c.branch_id, DATE '2026-12-23', 2, :minor, 0, 0, 0, :minor"
            " FROM case_file c WHERE c.id = :case RETURNING id",
            id=new_id(), minor=minor, case=self.case.case_id,
        )  # fmt: skip

    async def promise(self, minor: int = 30_000, id_: UUID | None = None, **changed: Any) -> Any:
        body = {
            "case_id": str(self.case.case_id),
            "amount": {"amount_minor": minor, "currency": "CLP"},
            "due_on": "2026-11-27",
            "made_at": NINE,
        } | changed
        return await self.client.put(
            f"/v1/agent/promises/{id_ or new_id()}", json=body, headers=bearer(self.token)
        )

    async def till(self) -> dict[str, int]:
        answer = await self.client.get("/v1/agent/till", headers=bearer(self.token))
        told = {name: value for name, value in answer.json().items() if isinstance(value, dict)}
        return {name: money["amount_minor"] for name, money in told.items()}

    async def ask(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.database.transaction(EVERYTHING) as session:
            return list(await rows(session, statement, **parameters))

    async def cash_in_ledger(self) -> int:
        [row] = await self.ask(
            "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting"
            " WHERE ledger_account = 'agent_cash' AND owner_id = :agent",
            agent=self.agent,
        )
        return int(row[0])

    async def numbers(self) -> list[int]:
        found = await self.ask(
            "SELECT number FROM receipt WHERE agent_id = :agent ORDER BY number", agent=self.agent
        )
        return [r.number for r in found]


async def a_field(database: Database, client: httpx.AsyncClient) -> Field:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch, cash_limit_minor=500_000)
        desk = await a_person(session, branch, Role.CASH_DESK)
        case = await a_case(session, branch, agent_id=agent, due_minor=50_000)
        return Field(
            database, client, branch, agent, await a_token(session, agent),
            await a_token(session, desk), case,
        )  # fmt: skip
