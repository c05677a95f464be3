"""Where money, addresses, numbers, rights or whole people change, one asks and another decides.

Each verb that decides, asked for by who has asked; the database has the same as constraints, where
it can. Who takes part in another way (an agent's own deposit, a witness of a point, one's own role,
a customer's move of one's own asking) is refused by tests beside these verbs.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data.session import EVERYTHING, Database
from identity.api_keys.issue import issue
from identity.bearers.store import principal
from identity.openings.open_account import Way, open_accounts
from identity.principal import Role
from identity.secret import hash_secret
from tests.api.conftest import bearer
from tests.api.foreign_rows import Elsewhere, as_stored, settle_elsewhere
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, branch_code


@dataclass(frozen=True)
class Deed:
    """A verb that decides, the row that it decides on with the column of who asked, what is sent,
    and the problem that tells them to leave it to another."""

    path: str
    row: str
    asked_by: str
    problem: str
    body: Mapping[str, Any] | None = None

    @property
    def table(self) -> str:
        """Where the row is."""
        return self.row.split(".")[0]


DEEDS = (
    Deed("limit-changes/{}/accept", "limit_change.id", "proposed_by", "own-limit-change"),
    Deed("role-changes/{}/accept", "role_change.id", "proposed_by", "same-person"),
    Deed("refunds/{}/pay", "refund.id", "asked_by", "own-refund", {}),
    Deed("receipt-reversals/{}/approve", "receipt_reversal.id", "asked_by", "own-reversal"),
    Deed(
        "cash-differences/{}/settle", "cash_difference.id", "found_by", "own-difference",
        {"how": "written_off"},
    ),
    Deed("contacts/{}/verify", "contact_point.id", "added_by", "own-contact"),
    Deed("erasures/{}/accept", "erasure.id", "asked_by", "own-erasure"),
    Deed("enrollments/{}/undo", "enrollment.id", "enrolled_by", "own-enrollment"),
)  # fmt: skip


GIVING = {
    "limit_change": "decision = 'accepted', decided_at = :at, decided_by = :who",
    "role_change": "decision = 'accepted', decided_at = :at, decided_by = :who",
    "refund": "state = 'paid', settled_at = :at, settled_by = :who",
    "receipt_reversal": "state = 'approved', settled_at = :at, settled_by = :who",
    "cash_difference": "settled_how = 'written_off', settled_at = :at, settled_by = :who",
    "contact_point": "verified_at = :at, verified_by = :who",
    "erasure": "state = 'accepted', decided_at = :at, decided_by = :who",
    "customer_move": "state = 'accepted', settled_at = :at, settled_by = :who",
}
"""What a yes is in each table. (Taking an enrollment back gives nobody anything.)"""
AT_ONCE = tuple(
    deed for deed in DEEDS
    if deed.table in {"limit_change", "role_change", "cash_difference", "contact_point"}
)  # fmt: skip
"""Those that nothing else is in the way of, as these rows stand."""


@dataclass(frozen=True)
class Scene:
    """An administrator, who may do all of it, rows that they have asked for, a key of theirs, and
    somebody whom they alone have employed: an accomplice, or themselves once more."""

    token: str
    rows: Elsewhere
    key: str
    accomplice: str
    accomplice_id: UUID


@pytest.fixture(scope="module")
async def scene(database: Database) -> AsyncIterator[Scene]:
    """At the end, nothing was decided."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        admin: UUID = await a_person(session, branch, Role.ADMIN)
        await a_person(session, branch, Role.ADMIN, "Rosa Vera")  # who could vouch
        asked = {deed.table: {deed.asked_by: admin} for deed in DEEDS}
        asked["customer_move"] = {"asked_by": admin}
        rows = await settle_elsewhere(session, branch, "Homeland", asked)
        token = await a_token(session, admin)
        by = await principal(session, hash_secret(token), MONDAY_NINE)
        assert by is not None
        key = await issue(
            session, await branch_code(session, branch), "Mine",
            by.permissions, MONDAY_NINE.replace(year=2030), by, MONDAY_NINE,
        )  # fmt: skip
        accomplice = await a_person(session, branch, Role.ADMIN, "Nobody Else")
        await open_accounts(session, [accomplice], Way.EMPLOYED, by, MONDAY_NINE)
        theirs = await a_token(session, accomplice)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        before = await as_stored(session, rows)
    yield Scene(token, rows, key.key, theirs, accomplice)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert before == await as_stored(session, rows)


async def _decide(
    client: httpx.AsyncClient, rows: Elsewhere, deed: Deed, token: str
) -> httpx.Response:
    return await client.post(
        f"/v1/{deed.path.format(rows.value(deed.row))}", json=deed.body, headers=bearer(token)
    )


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.path)
async def test_who_has_asked_does_not_decide(
    client: httpx.AsyncClient, scene: Scene, deed: Deed
) -> None:
    answer = await _decide(client, scene.rows, deed, scene.token)
    assert answer.status_code in (403, 409), answer.text
    assert answer.json()["type"] == f"/problems/{deed.problem}"


@pytest.mark.parametrize("through", ["key", "accomplice"])
@pytest.mark.parametrize("deed", AT_ONCE, ids=lambda deed: deed.path)
async def test_nor_through_another_account_of_theirs(
    client: httpx.AsyncClient, scene: Scene, deed: Deed, through: str
) -> None:
    answer = await _decide(client, scene.rows, deed, getattr(scene, through))
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "/problems/one-hand"


@pytest.mark.parametrize("table", GIVING)
async def test_the_database_itself_tells_one_hand(
    database: Database, scene: Scene, table: str
) -> None:
    row = scene.rows.value(f"{table}.id")
    with pytest.raises(DBAPIError, match="one hand asks and decides"):
        async with database.transaction(EVERYTHING) as session:
            await session.execute(
                text(f"UPDATE {table} SET {GIVING[table]} WHERE id = :row"),  # noqa: S608 our own constants
                {"row": row, "at": MONDAY_NINE, "who": scene.accomplice_id},
            )


async def test_where_money_goes_is_not_set_by_one_hand(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    path = f"/v1/branches/{scene.rows.value('branch.code')}/policies/upi_payee_vpa"
    for token, status in ((scene.token, 200), (scene.accomplice, 403), (scene.key, 403)):
        answer = await client.put(path, json={"value": "mine@upi"}, headers=bearer(token))
        assert answer.status_code == status, answer.text
    assert answer.json()["type"] == "/problems/one-hand"
