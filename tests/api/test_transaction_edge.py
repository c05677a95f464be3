"""A commit that fails must never have told the caller that all went well."""

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from api import problems
from api.deps import Supervisor, Tx
from core.clock import Clock
from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token


async def test_a_refused_commit_is_no_200(database: Database, clock: Clock) -> None:
    app = FastAPI()
    problems.install(app)
    app.state.database, app.state.clock = database, clock

    @app.post("/unbalanced")
    async def unbalanced(caller: Supervisor, session: Tx) -> dict[str, str]:
        """Enter a journal entry without postings: the deferred trigger refuses it at commit."""
        await session.execute(
            text(
                "INSERT INTO journal_entry (id, branch_id, kind, source_id, entered_at)"
                " VALUES (:id, :branch, 'test', :id, '2026-11-23T12:00:00Z')"
            ),
            {"id": new_id(), "branch": caller.branch_id},
        )
        return {"status": "ok"}

    async with database.transaction(EVERYTHING) as session:
        token = await a_token(session, await a_person(session, await a_branch(session)))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.post("/unbalanced", headers=bearer(token))
    assert answer.status_code == 500
    assert "does not balance" not in answer.text
