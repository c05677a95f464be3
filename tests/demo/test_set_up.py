"""A demonstration is set up over the public API, and leaves its supervisors something to find."""

from functools import partial
from typing import Any, cast

import httpx
from anyio import from_thread, to_thread

from core.clock import local_day
from data.session import EVERYTHING, Database
from demo.portfolio import ZONE
from demo.set_up import LEFT_OPEN, Office, decide_what_comes_next
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent


class FromThread:
    """The tests' client, for those who do not await."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    def request(self, method: str, path: str, **content: Any) -> httpx.Response:
        return from_thread.run(partial(self._client.request, method, path, **content))


async def test_only_a_few_cases_of_one_agent_have_nothing_to_come(
    database: Database, client: httpx.AsyncClient
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        forgetful = await an_agent(session, branch)
        careful = await an_agent(session, branch, "Ana Vidal")
        for agent in (forgetful, careful):
            for _ in range(LEFT_OPEN + 1):
                await a_case(session, branch, agent_id=agent)
        token = await a_token(session, await a_person(session, branch))
    http = cast("httpx.Client", FromThread(client))
    office = Office(http, {"supervisor": token})
    day = local_day(MONDAY_NINE, ZONE)
    await to_thread.run_sync(decide_what_comes_next, office, day, str(forgetful))
    answer = await client.get("/v1/cases?next_action=none", headers=bearer(token))
    assert [one["agent_id"] for one in answer.json()["items"]] == [str(forgetful)] * LEFT_OPEN
