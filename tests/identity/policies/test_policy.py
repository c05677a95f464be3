"""What a policy may be, and who inherits what."""

from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import InvalidField
from data.session import EVERYTHING, Database, Scope
from identity.policies.policy import DEFAULTS, RULES, Policies, checked
from identity.policies.set_policy import clear, policies_of, set_policy
from identity.policies.store import effective, effective_by_branch
from identity.principal import Role
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ping_retention_days", 1),
        ("ping_retention_days", 3650),
        ("ping_archive", False),
        ("ping_accuracy", "low"),
        ("ping_distance_m", 0),
    ],
)
def test_a_value_within_its_bounds_is_taken_as_it_is(key: str, value: Any) -> None:
    assert checked(key, value, "INR") is value


@pytest.mark.parametrize(
    ("key", "value", "field", "expected"),
    [
        ("ping_retention_days", 0, "ping_retention_days", "days from 1 to 3,650"),
        ("ping_retention_days", 3651, "ping_retention_days", "days from 1 to 3,650"),
        ("ping_retention_days", 30.0, "ping_retention_days", "a whole number"),
        ("ping_retention_days", "30", "ping_retention_days", "a whole number"),
        ("ping_retention_days", True, "ping_retention_days", "a whole number"),
        ("ping_retention_days", None, "ping_retention_days", "a whole number"),
        ("ping_archive", 1, "ping_archive", "true or false"),
        ("ping_archive", "true", "ping_archive", "true or false"),
        ("ping_accuracy", "best", "ping_accuracy", "one of highest, high, medium, low"),
        ("ping_accuracy", ["low"], "ping_accuracy", "one of highest, high, medium, low"),
        ("ping_retention", 30, "key", "one of ping_retention_days, "),
        ("conveyance_per_km", 10**9 + 1, "conveyance_per_km", "from INR 0.00 to INR 10,000,000.00"),
    ],
)
def test_any_other_value_is_refused_with_what_would_be_right(
    key: str, value: Any, field: str, expected: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        checked(key, value, "INR")
    assert refused.value.field == field
    assert expected in refused.value.expected


def test_every_default_is_one_that_could_be_set() -> None:
    assert [field.name for field in fields(Policies)] == list(RULES)
    for key, default in DEFAULTS.items():
        assert checked(key, default, "INR") is default


@pytest.fixture
async def tree(session: AsyncSession) -> dict[str, UUID]:
    """A head office, a region below it, a branch below that."""
    head = await a_branch(session, "HQ")
    region = await a_branch(session, "REGION", parent_code="HQ")
    town = await a_branch(session, "TOWN", parent_code="REGION")
    return {"HQ": head, "REGION": region, "TOWN": town}


async def days(session: AsyncSession, branch: UUID) -> int:
    return (await effective(session, branch)).ping_retention_days


async def test_the_nearest_branch_above_decides_and_clearing_falls_back(
    session: AsyncSession, tree: dict[str, UUID]
) -> None:
    assert await effective(session, tree["TOWN"]) == Policies()
    for code, value in (("HQ", 30), ("REGION", 20), ("TOWN", 10)):
        await set_policy(session, code, "ping_retention_days", value, None, MONDAY_NINE)
        assert await days(session, tree["TOWN"]) == value
    assert await days(session, tree["HQ"]) == 30
    for code, value in (("TOWN", 20), ("REGION", 30), ("HQ", 90)):
        view = await clear(session, code, "ping_retention_days")
        assert view.value == value
        assert await days(session, tree["TOWN"]) == value


async def test_every_policy_comes_back_as_it_was_set(
    session: AsyncSession, tree: dict[str, UUID]
) -> None:
    others = {"ping_accuracy": "low", "upi_payee_vpa": "lender@bank"}
    admins = [await a_person(session, tree["HQ"], Role.ADMIN) for _ in "12"]
    for key, default in DEFAULTS.items():
        larger = default + 1 if isinstance(default, int) else default
        value = others.get(key, not default if isinstance(default, bool) else larger)
        for admin in admins:
            view = await set_policy(session, "HQ", key, value, admin, MONDAY_NINE)
        assert (view.key, view.value, view.source) == (key, value, "own")
        assert getattr(await effective(session, tree["TOWN"]), key) == value
    by_code = {b.code: b.policies for b in await effective_by_branch(session)}
    assert by_code["TOWN"] == by_code["HQ"] == await effective(session, tree["HQ"])


async def test_who_sees_a_branch_only_gets_what_it_inherits_without_from_where(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session, "TOP")
        town = await a_branch(session, "BELOW", parent_code="TOP")
        await set_policy(session, "TOP", "battery_low_pct", 25, None, MONDAY_NINE)

    async def view(scope: Scope) -> tuple[Any, ...]:
        async with database.transaction(scope) as session:
            found = await policies_of(session, "BELOW")
            assert (await effective(session, town)).battery_low_pct == 25
        one = next(v for v in found if v.key == "battery_low_pct")
        return (one.value, one.source, one.from_branch, one.set_at)

    assert await view(Scope((town,))) == (25, "inherited", None, None)
    assert await view(Scope((head, town))) == (25, "inherited", "TOP", MONDAY_NINE)
