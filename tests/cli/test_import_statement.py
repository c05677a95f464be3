"""``./roundsman import-statement``: what is printed."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.import_statement import run
from collection.reconciliation.accounts.keep_account import keep_account
from collection.reconciliation.errors import BankAccountNotFound, UnknownBankAccount
from core.ids import new_id
from core.settings import settings
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.bank_field import Booked, mt940
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person


@pytest.fixture
def lender(
    own_database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """A head office with bank account 1234567, in an installation of its own."""
    monkeypatch.setenv("DATABASE_URL", own_database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDSMAN_STATE_DIR", str(tmp_path))
    settings.cache_clear()

    async def set_up() -> None:
        database = Database(own_database_url)
        async with database.transaction(EVERYTHING) as session:
            branch = await a_branch(session, "HO")
            staff = await a_person(session, branch, Role.CASH_DESK)
            await keep_account(
                session, staff, branch, new_id(), "001234567", "Main", "CLP", None, MONDAY_NINE
            )
        await database.close()

    asyncio.run(set_up())
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("lender")
def test_a_statement_is_taken_in_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "monday.sta"
    path.write_bytes(mt940(Booked(50_000), Booked(500, mark="D"), number="1234567"))
    run(path, None)
    told = capsys.readouterr().out
    assert "Main" in told
    assert "CLP 49,500" in told
    assert "0 matched, 0 proposed" in told
    run(path, None)
    assert "nothing was changed" in capsys.readouterr().out


@pytest.mark.usefixtures("lender")
def test_what_is_not_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "monday.sta"
    path.write_bytes(mt940(Booked(50_000), number="999"))
    with pytest.raises(UnknownBankAccount):
        run(path, None)
    with pytest.raises(BankAccountNotFound):
        run(path, "77")
