"""Who bears a token is kept for moments, and forgotten with what would change the answer."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, run, run_last
from identity.bearers import bearers as module
from identity.bearers.bearers import Bearers
from identity.errors import NotSignedIn
from identity.principal import Principal, Role
from identity.sign_in import TOKEN_LIFE
from tests.conftest import MONDAY_NINE
from tests.data.test_listener import until
from tests.factories import a_branch, a_case, a_customer_token, a_person, a_token


class Field:
    """A database of a test's own, in which one person is signed in, and how often it was asked."""

    def __init__(self, database: Database, branch: UUID, person: UUID, token: str) -> None:
        self.database, self.branch, self.person, self.token = database, branch, person, token
        self.bearers = Bearers(database)
        self.asked = 0
        ask = database.bearers.run

        async def counted(*what: object) -> object:
            self.asked += 1
            return await ask(*what)  # type: ignore[arg-type]

        database.bearers.run = counted  # type: ignore[method-assign, assignment]

    async def who(self, token: str | None = None) -> Principal:
        return await self.bearers.who(token or self.token, MONDAY_NINE)

    async def is_known(self) -> bool:
        """Whether the database is not asked again."""
        before = self.asked
        await self.who()
        return self.asked == before


@pytest.fixture
async def field(own_database: Database) -> Field:
    async with own_database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        person = await a_person(session, branch, Role.AGENT, "Ana")
        token = await a_token(session, person)
    field = Field(own_database, branch, person, token)
    await field.who()
    await until(lambda: own_database.grants.is_hearing)
    await field.who()
    assert await field.is_known()
    return field


CHANGES: dict[str, tuple[str, Callable[[Principal], object]]] = {
    "a language": (
        "UPDATE staff SET language = 'hi' WHERE id = :person",
        lambda who: who.language == "hi",
    ),
    "a branch below": (
        "INSERT INTO branch (id, parent_id, code, name, zone, country, currency)"
        " SELECT :new, id, 'below', 'Below', zone, country, currency FROM branch"
        " WHERE id = :branch",
        lambda who: len(who.branch_ids) == 2,
    ),
    "phones must be bound": (
        "INSERT INTO policy (branch_id, key, value, set_by, set_at)"
        " VALUES (:branch, 'agent_tokens_bound', 'true', :person, now())",
        lambda who: who.must_be_bound,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_this_process_changed_is_seen_once_its_commit_returns(
    field: Field, change: str
) -> None:
    statement, is_seen = CHANGES[change]
    before = is_seen(await field.who())
    given = {"person": field.person, "branch": field.branch, "new": new_id()}
    async with field.database.transaction(EVERYTHING) as session:
        await run(session, statement, **{k: v for k, v in given.items() if f":{k}" in statement})
    assert is_seen(await field.who()) != before


ENDS = (
    "UPDATE access_token SET revoked_at = now() WHERE staff_id = :person",
    "DELETE FROM access_token WHERE staff_id = :person",
    "UPDATE staff SET is_active = false WHERE id = :person",
    "UPDATE staff SET suspended_at = now() WHERE id = :person",
)


@pytest.mark.parametrize("is_last", [False, True], ids=["at once", "with the commit"])
@pytest.mark.parametrize("end", ENDS)
async def test_an_ended_sign_in_opens_nothing_once_the_commit_that_ended_it_returns(
    field: Field, end: str, is_last: bool
) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await (run_last if is_last else run)(session, end, person=field.person)
        assert (await field.who()).id == field.person, "not committed yet"
    with pytest.raises(NotSignedIn):
        await field.who()


async def test_what_another_process_changed_is_heard_of(
    field: Field, own_database_url: str
) -> None:
    async with await psycopg.AsyncConnection.connect(
        own_database_url.replace("+psycopg", "")
    ) as other:
        await other.execute("SET ROLE roundsman_app")
        await other.execute("SET roundsman.branches = '*'")
        await other.execute("UPDATE access_token SET revoked_at = now()")
    for _ in range(500):
        try:
            await field.who()
        except NotSignedIn:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it still opens")


async def test_while_nothing_can_be_heard_the_database_is_asked_each_time(field: Field) -> None:
    await field.database.grants.close()
    assert not await field.is_known()
    assert not await field.is_known()


async def test_an_answer_that_something_was_announced_beside_is_not_kept(field: Field) -> None:
    field.database.grants.announce("")
    asking = asyncio.create_task(field.who())
    await asyncio.sleep(0)
    field.database.grants.announce("")
    await asking
    assert not await field.is_known()
    assert await field.is_known()


async def test_nobody_is_kept_for_long(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_S", 0.0)
    field.database.grants.announce("")
    assert not await field.is_known()
    assert not await field.is_known()


async def test_so_many_are_kept_and_no_more(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 1)
    async with field.database.transaction(EVERYTHING) as session:
        second = await a_token(session, field.person)
    await field.who(second)
    assert not await field.is_known()


async def test_a_token_ends_in_its_time_whoever_knows_it(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        token = await a_token(session, field.person, until=MONDAY_NINE + TOKEN_LIFE)
    await field.bearers.who(token, MONDAY_NINE)
    with pytest.raises(NotSignedIn):
        await field.bearers.who(token, MONDAY_NINE + TOKEN_LIFE)


async def test_customers_are_asked_for_each_time(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        customer_id = (await a_case(session, field.branch)).customer_id
        token = await a_customer_token(session, customer_id)
    before = field.asked
    await field.who(token)
    await field.who(token)
    assert field.asked == before + 2
