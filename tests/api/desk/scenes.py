"""A desk with a case: a tele-caller, a supervisor, and the agent who works it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import NINE, Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_person, a_token, branch_code

REFUSED: dict[str, Any] = {
    "channel": "visit", "contact": "met_customer", "result": "refused",
    "reason": "refused_other_lender", "person": "customer", "intent": "unwilling",
    "ability": "partly", "note": "Pays the shop first",
    "cause": {"code": "debts_first", "note": "Pays the shop first"},
    "next_action": {"kind": "visit", "due_on": "2026-11-30"}, "happened_at": NINE,
}  # fmt: skip
"""A visit at which the customer refused, as it is shipped that one says so."""

RANG: dict[str, Any] = {
    "channel": "call", "contact": "no_answer", "result": "rang",
    "next_action": {"kind": "call", "due_on": "2026-11-24"}, "happened_at": NINE,
}  # fmt: skip


@dataclass
class Desk:
    """The field, and who sits at the desk."""

    field: Field
    code: str
    caller: str
    supervisor: str
    admin: str

    @property
    def case_id(self) -> str:
        return str(self.field.case.case_id)

    async def note(self, body: dict[str, Any], id_: UUID | None = None, **more: Any) -> Any:
        sent = {"case_id": self.case_id} | body | more
        return await self.put(f"/v1/dispositions/{id_ or new_id()}", sent)

    async def noted_in_field(
        self, body: dict[str, Any], id_: UUID | None = None, **more: Any
    ) -> Any:
        sent = {"case_id": self.case_id} | body | more
        return await self.put(f"/v1/agent/dispositions/{id_ or new_id()}", sent, self.field.token)

    async def put(self, url: str, body: Any, token: str | None = None) -> Any:
        return await self.field.client.put(url, json=body, headers=bearer(token or self.caller))

    async def post(self, url: str, body: Any, token: str | None = None) -> Any:
        headers = bearer(token or self.supervisor)
        return await self.field.client.post(url, json=body, headers=headers)

    async def get(self, url: str, token: str | None = None) -> Any:
        return await self.field.client.get(url, headers=bearer(token or self.caller))


async def a_desk(database: Database, client: httpx.AsyncClient) -> Desk:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        people = [
            await a_person(session, field.branch, role)
            for role in (Role.TELE_CALLER, Role.SUPERVISOR, Role.ADMIN)
        ]
        tokens = [await a_token(session, person) for person in people]
        return Desk(field, await branch_code(session, field.branch), *tokens)
