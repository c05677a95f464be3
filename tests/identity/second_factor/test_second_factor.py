"""Second factors, over HTTP: turned on, asked for, used up, lost and found."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pyotp
import pytest

from data.limits import Limits
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from identity.errors import AccountLocked, SecondFactorNeeded, WrongCode
from identity.principal import Role
from identity.second_factor.one_time_code import STEP_S, step_of
from identity.second_factor.turn_on import begin, confirm
from identity.secret import new_recovery_codes, new_totp_secret
from identity.sign_in import Attempt
from identity.sign_in import sign_in as sign_in_as
from identity.throttle.back_off import FIRST, TRIES
from identity.throttle.guard import SignInGuard
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, a_branch, a_person, a_token


@pytest.fixture(autouse=True)
async def no_counts(live: LiveBus) -> None:
    await live.carry_out([("FLUSHDB",)])


@pytest.fixture
def guard(live: LiveBus) -> SignInGuard:
    """The guard of a process that has time for two strangers at once."""
    return SignInGuard(Limits(live), at_once=2)


async def a_user(
    database: Database, role: Role = Role.SUPERVISOR, branch: UUID | None = None
) -> tuple[UUID, str, UUID]:
    """A person's id, user name and branch."""
    async with database.transaction(EVERYTHING) as session:
        branch = branch or await a_branch(session)
        person = await a_person(session, branch, role)
        (found,) = await rows(session, "SELECT username FROM staff WHERE id = :id", id=person)
        return person, found.username, branch


async def sign_in(
    client: httpx.AsyncClient, username: str, code: str | None = None, password: str = PASSWORD
) -> httpx.Response:
    body = {"username": username, "password": password} | ({"code": code} if code else {})
    answer = await client.post("/v1/sign-in", json=body)
    client.cookies.clear()
    return answer


def code_of(secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(MONDAY_NINE + timedelta(seconds=STEP_S * steps))


async def turned_on(
    client: httpx.AsyncClient, username: str
) -> tuple[str, list[str], dict[str, str]]:
    """The secret, the recovery codes, and the headers of who turned it on."""
    headers = bearer((await sign_in(client, username)).json()["token"])
    begun = (await client.post("/v1/me/second-factor", headers=headers)).json()
    assert begun["secret"] in begun["link"]
    assert (await sign_in(client, username)).status_code == 200  # not on yet
    done = await client.post(
        "/v1/me/second-factor/confirm", json={"code": code_of(begun["secret"], steps=-1)},
        headers=headers,
    )  # fmt: skip
    return begun["secret"], done.json()["recovery_codes"], headers


async def test_a_code_is_asked_for_and_serves_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    _, username, _ = await a_user(database)
    secret, _, headers = await turned_on(client, username)
    assert (await client.get("/v1/me/second-factor", headers=headers)).json() == {"is_on": True}
    asked = await sign_in(client, username)
    assert (asked.status_code, asked.json()["type"]) == (401, "/problems/second-factor-needed")
    used = await sign_in(client, username, code_of(secret, steps=-1))
    assert (used.status_code, used.json()["type"]) == (401, "/problems/wrong-code")
    assert (await sign_in(client, username, code_of(secret))).status_code == 200
    assert (await sign_in(client, username, code_of(secret))).status_code == 401


async def test_a_recovery_code_serves_once(client: httpx.AsyncClient, database: Database) -> None:
    _, username, _ = await a_user(database)
    _, codes, headers = await turned_on(client, username)
    assert len(set(codes)) == 10
    assert (await sign_in(client, username, codes[0].upper())).status_code == 200
    assert (await sign_in(client, username, codes[0])).status_code == 401
    off = await client.request(
        "DELETE", "/v1/me/second-factor", json={"code": codes[1]}, headers=headers
    )
    assert off.status_code == 204
    assert (await sign_in(client, username)).status_code == 200


async def test_codes_cannot_be_guessed_and_a_wrong_password_tells_nothing_of_them(
    client: httpx.AsyncClient, database: Database
) -> None:
    _, username, _ = await a_user(database)
    await turned_on(client, username)
    plain = await sign_in(client, username, password="wrong password")
    assert plain.json()["type"] == "/problems/wrong-credentials"
    answers = [(await sign_in(client, username, f"{n:06d}")).status_code for n in range(8)]
    assert 429 in answers


async def test_an_open_session_does_not_turn_it_off_by_trying_all_codes(
    client: httpx.AsyncClient, database: Database
) -> None:
    _, username, _ = await a_user(database)
    secret, codes, headers = await turned_on(client, username)

    async def turn_off(code: str) -> httpx.Response:
        return await client.request(
            "DELETE", "/v1/me/second-factor", json={"code": code}, headers=headers
        )

    right = code_of(secret)
    tried = [await turn_off(str((int(right) + n) % 1_000_000).zfill(6)) for n in range(2, 7)]
    assert [each.status_code for each in tried] == [422] * TRIES
    for code in (right, codes[0]):
        closed = await turn_off(code)
        assert (closed.status_code, closed.json()["type"]) == (429, "/problems/account-locked")
    assert (await client.get("/v1/me/second-factor", headers=headers)).json() == {"is_on": True}


async def test_codes_that_are_left_out_in_between_let_nobody_try_more(
    database: Database, guard: SignInGuard
) -> None:
    person, username, branch = await a_user(database)
    async with database.transaction(EVERYTHING) as session:
        begun = await begin(session, person, branch)
        await confirm(session, person, code_of(begun.secret, steps=-1), MONDAY_NINE)

    def attempt(n: int, code: str | None) -> Attempt:
        return Attempt(f"2001:db8:{n:x}::1", None, username, PASSWORD, code)

    outcomes: list[object] = []
    for n in range(0, 4 * TRIES, 2):
        outcomes += await asyncio.gather(
            sign_in_as(database, guard, attempt(n, None), MONDAY_NINE),
            sign_in_as(database, guard, attempt(n + 1, "no code"), MONDAY_NINE),
            return_exceptions=True,
        )
    assert any(isinstance(each, SecondFactorNeeded) for each in outcomes)
    assert sum(isinstance(each, WrongCode) for each in outcomes) <= TRIES
    assert isinstance(outcomes[-1], AccountLocked)


async def test_a_code_that_is_left_out_is_no_guess(database: Database, guard: SignInGuard) -> None:
    person, username, branch = await a_user(database)
    async with database.transaction(EVERYTHING) as session:
        begun = await begin(session, person, branch)
        await confirm(session, person, code_of(begun.secret, steps=-1), MONDAY_NINE)
    for n in range(2 * TRIES):
        attempt = Attempt(f"192.0.2.{n}", None, username, PASSWORD)
        with pytest.raises(SecondFactorNeeded):
            await sign_in_as(database, guard, attempt, MONDAY_NINE)
    for n in range(TRIES):
        attempt = Attempt(f"192.0.2.{n}", None, username, PASSWORD, "no code")
        with pytest.raises(WrongCode):
            await sign_in_as(database, guard, attempt, MONDAY_NINE)
    # A minute later one is asked for it again, and is not closed out by having been asked.
    later = MONDAY_NINE + FIRST
    with pytest.raises(SecondFactorNeeded):
        await sign_in_as(database, guard, Attempt("192.0.2.9", None, username, PASSWORD), later)
    shown = pyotp.TOTP(begun.secret).at(later)
    await sign_in_as(database, guard, Attempt("192.0.2.9", None, username, PASSWORD, shown), later)


async def test_a_secret_is_not_shown_again_nor_replaced(
    client: httpx.AsyncClient, database: Database
) -> None:
    _, username, _ = await a_user(database)
    _, _, headers = await turned_on(client, username)
    again = await client.post("/v1/me/second-factor", headers=headers)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/second-factor-is-on")
    wrong = await client.request(
        "DELETE", "/v1/me/second-factor", json={"code": "000000"}, headers=headers
    )
    assert wrong.status_code == 422


async def test_an_administrator_helps_who_lost_everything_but_only_their_own(
    client: httpx.AsyncClient, database: Database
) -> None:
    person, username, branch = await a_user(database)
    await turned_on(client, username)
    own, _, _ = await a_user(database, Role.ADMIN, branch)
    other, _, _ = await a_user(database, Role.ADMIN)
    async with database.transaction(EVERYTHING) as session:
        mine, foreign = await a_token(session, own), await a_token(session, other)
    path = f"/v1/staff/{person}"
    for method, what in (
        ("GET", "sessions"), ("DELETE", "sessions"), ("DELETE", "second-factor"),
    ):  # fmt: skip
        answer = await client.request(method, f"{path}/{what}", headers=bearer(foreign))
        assert answer.status_code == 404
    assert (await sign_in(client, username)).status_code == 401
    done = await client.delete(f"{path}/second-factor", headers=bearer(mine))
    assert done.status_code == 204
    assert (await sign_in(client, username)).status_code == 200
    ended = await client.delete(f"{path}/sessions", headers=bearer(mine))
    assert ended.json()["ended"] == 3
    listed = await client.get(f"{path}/sessions", headers=bearer(mine))
    assert listed.json() == {"items": []}


async def test_people_see_where_they_are_signed_in_and_sign_out_there(
    client: httpx.AsyncClient, database: Database
) -> None:
    _, username, _ = await a_user(database)
    _, stranger, _ = await a_user(database)
    here = bearer((await sign_in(client, username)).json()["token"])
    there = bearer((await sign_in(client, username)).json()["token"])
    else_ = bearer((await sign_in(client, stranger)).json()["token"])
    items = (await client.get("/v1/me/sessions", headers=here)).json()["items"]
    assert [item["is_this"] for item in items].count(True) == 1
    (other,) = (item["id"] for item in items if not item["is_this"])
    path = f"/v1/me/sessions/{other}"
    assert (await client.delete(path, headers=else_)).status_code == 404
    assert (await client.get("/v1/me", headers=there)).status_code == 200
    assert (await client.delete(path, headers=here)).status_code == 204
    assert (await client.get("/v1/me", headers=there)).status_code == 401
    assert (await client.get("/v1/me", headers=here)).status_code == 200


def test_a_code_fits_its_own_step_and_the_ones_beside_it() -> None:
    secret = new_totp_secret()
    present = int(MONDAY_NINE.timestamp()) // STEP_S
    for steps, fits in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        step = step_of(secret, code_of(secret, steps=steps), 0, MONDAY_NINE)
        assert step == (present + steps if fits else None)
    assert step_of(secret, code_of(secret), present, MONDAY_NINE) is None
    assert step_of(secret, "ñ23456", 0, MONDAY_NINE) is None


def test_recovery_codes_are_long_and_differ() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert {len(code) for code in codes} == {16}
