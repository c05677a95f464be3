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

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.conftest import bearer
from tests.api.foreign_rows import Elsewhere, as_stored, settle_elsewhere
from tests.factories import a_branch, a_person, a_token


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


@dataclass(frozen=True)
class Scene:
    """An administrator, who may do all of it, and rows that they have asked for."""

    token: str
    rows: Elsewhere


@pytest.fixture(scope="module")
async def scene(database: Database) -> AsyncIterator[Scene]:
    """At the end, nothing was decided."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        admin: UUID = await a_person(session, branch, Role.ADMIN)
        asked = {deed.table: {deed.asked_by: admin} for deed in DEEDS}
        rows = await settle_elsewhere(session, branch, "Homeland", asked)
        token = await a_token(session, admin)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        before = await as_stored(session, rows)
    yield Scene(token, rows)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert before == await as_stored(session, rows)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.path)
async def test_who_has_asked_does_not_decide(
    client: httpx.AsyncClient, scene: Scene, deed: Deed
) -> None:
    answer = await client.post(
        f"/v1/{deed.path.format(scene.rows.value(deed.row))}",
        json=deed.body, headers=bearer(scene.token),
    )  # fmt: skip
    assert answer.status_code in (403, 409), answer.text
    assert answer.json()["type"] == f"/problems/{deed.problem}"
