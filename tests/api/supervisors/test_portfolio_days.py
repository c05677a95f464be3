"""Days of a portfolio over HTTP."""

import httpx

from collection.portfolio.day.begin_days import begin_day_of
from data.session import EVERYTHING, Database
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, branch_code


async def test_the_days_of_a_branch_are_told_to_those_who_may_see_it(
    database: Database, client: httpx.AsyncClient
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, other = await a_branch(session), await a_branch(session)
        await a_case(session, branch)
        await begin_day_of(session, branch, MONDAY_NINE)
        code = await branch_code(session, branch)
        token = await a_token(session, await a_person(session, branch))
        stranger = await a_token(session, await a_person(session, other))
    path = f"/v1/branches/{code}/portfolio-days"
    [day] = (await client.get(path, headers=bearer(token))).json()
    assert day == {
        "day": "2026-11-23", "begun_at": "2026-11-23T12:00:00Z", "cases": 1, "late": 1,
        "overdue": {"amount_minor": 50_000, "currency": "CLP"},
        "promises_kept": 0, "promises_part_kept": 0, "promises_broken": 0,
    }  # fmt: skip
    assert (await client.get(path, headers=bearer(stranger))).status_code == 404
