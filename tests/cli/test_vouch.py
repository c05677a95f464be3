"""``./roundsman vouch``: a person counts as their own where nobody else can say so."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from cli.app import main
from cli.vouch import run
from core.settings import settings
from data.session import EVERYTHING, Database, rows
from identity.openings.store import have_one_hand, note
from identity.principal import Role
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person


@pytest.fixture
def url(
    own_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """An installation of its own."""
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDSMAN_STATE_DIR", str(tmp_path))
    settings.cache_clear()
    yield own_database_url
    settings.cache_clear()


async def _two(url: str) -> tuple[UUID, UUID, str]:
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        one, two = [await a_person(session, branch, Role.ADMIN) for _ in range(2)]
        await note(session, [two], "password_code", one, MONDAY_NINE)
        found = await rows(session, "SELECT username FROM staff WHERE id = :id", id=two)
    await database.close()
    return one, two, found[0].username


async def _standing(url: str, one: UUID, two: UUID) -> tuple[bool, list[str]]:
    database = Database(url)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        are_one = await have_one_hand(session, one, two)
        trail = await rows(
            session, "SELECT actor_role FROM audit_event WHERE subjects ->> 'id' = :id", id=str(two)
        )
    await database.close()
    return are_one, [r.actor_role for r in trail]


def test_a_person_is_vouched_for_on_the_server(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, username = asyncio.run(_two(url))
    assert asyncio.run(_standing(url, one, two)) == (True, [])
    run(username.upper())
    assert "Sofía Rojas counts as a person of their own" in capsys.readouterr().out
    assert asyncio.run(_standing(url, one, two)) == (False, ["server"])


def test_a_user_name_that_nobody_has_is_told(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(_two(url))
    assert main(["vouch", "nobody"]) == 1
    assert "what somebody signs in with" in capsys.readouterr().err
