"""Who bears what: each gets their own answer, however many ask at once."""

import asyncio

import pytest

from data.session import EVERYTHING, Database
from identity.bearers.bearers import Bearers
from identity.errors import NotSignedIn
from identity.sign_in import TOKEN_LIFE
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, branch_code


async def test_all_who_ask_at_once_are_told_apart(database: Database) -> None:
    tokens = {}
    async with database.transaction(EVERYTHING) as session:
        above = await a_branch(session)
        code = await branch_code(session, above)
        below = await a_branch(session, parent_code=code)
        for branch in (above, below, await a_branch(session)):
            person = await a_person(session, branch)
            tokens[await a_token(session, person)] = (person, branch)
    bearers = Bearers(database)
    asked = [*tokens, "rt_of-nobody", *tokens, "rk_of-no-program"]
    found = await asyncio.gather(
        *(bearers.who(token, MONDAY_NINE) for token in asked), return_exceptions=True
    )
    for token, who in zip(asked, found, strict=True):
        if token not in tokens:
            assert isinstance(who, NotSignedIn)
            continue
        assert not isinstance(who, BaseException)
        assert (who.id, who.branch_id) == tokens[token]
        sees = {above, below} if who.branch_id == above else {who.branch_id}
        assert set(who.branch_ids) == sees


async def test_each_is_asked_for_at_the_instant_of_its_own_request(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        person = await a_person(session, await a_branch(session))
        token = await a_token(session, person, until=MONDAY_NINE + TOKEN_LIFE)
    bearers = Bearers(database)
    late = MONDAY_NINE + TOKEN_LIFE
    in_time, too_late = await asyncio.gather(
        bearers.who(token, MONDAY_NINE), bearers.who(token, late), return_exceptions=True
    )
    assert not isinstance(in_time, BaseException)
    assert in_time.id == person
    with pytest.raises(NotSignedIn):
        raise too_late if isinstance(too_late, BaseException) else AssertionError(too_late)
