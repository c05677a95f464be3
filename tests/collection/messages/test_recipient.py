"""Whom a message goes to: a number that may be used, or nobody."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from collection.field_notes.disposition import Person
from collection.messages.store import recipient
from collection.portfolio.customers.overlays.add_contact import (
    NewContact,
    add_contact,
    verify_contact,
)
from collection.portfolio.customers.overlays.contact_value import ContactKind, Exclusion
from collection.portfolio.customers.overlays.tag_number import lift_tag, tag_number
from core.clock import local_day
from data.session import Session
from identity.principal import Role
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, give_phone

SOURCE, ADDED = "9 1234 5678", "+56987654321"
TODAY = local_day(MONDAY_NINE, "America/Santiago")


@dataclass
class Desk:
    """Two people at the desk and the customer of a case."""

    session: Session
    case: ACase
    one: UUID
    other: UUID

    async def add(self, relation: Person = Person.CUSTOMER) -> UUID:
        new = NewContact(ContactKind.PHONE, ADDED, relation, None)
        return await add_contact(self.session, self.case.customer_id, new, self.one, MONDAY_NINE)

    async def tag(self, number: str, days: int | None = None) -> UUID:
        until = None if days is None else TODAY + timedelta(days=days)
        return await tag_number(
            self.session, self.case.customer_id, number, Exclusion.CHANGED_HANDS, "told so", until,
            self.one, MONDAY_NINE,
        )  # fmt: skip

    async def reached_at(self, later: timedelta = timedelta()) -> str | None:
        found = await recipient(self.session, self.case.case_id, MONDAY_NINE + later)
        assert found is not None
        return found.phone


@pytest.fixture
async def desk(session: Session) -> Desk:
    branch = await a_branch(session)
    case = await a_case(session, branch)
    await give_phone(session, case.customer_id, SOURCE)
    one, other = [await a_person(session, branch, Role.TELE_CALLER) for _ in range(2)]
    return Desk(session, case, one, other)


async def test_the_lenders_number_comes_first(desk: Desk) -> None:
    await verify_contact(desk.session, await desk.add(), desk.other, MONDAY_NINE)
    assert await desk.reached_at() == SOURCE


async def test_a_number_that_changed_hands_is_left_alone_until_it_is_lifted(desk: Desk) -> None:
    tag = await desk.tag(SOURCE)
    assert await desk.reached_at() is None
    await lift_tag(desk.session, tag, desk.other, MONDAY_NINE)
    assert await desk.reached_at() == SOURCE


async def test_a_tag_ends_with_its_last_day(desk: Desk) -> None:
    await desk.tag(SOURCE, days=1)
    assert await desk.reached_at(timedelta(days=1)) is None
    assert await desk.reached_at(timedelta(days=2)) == SOURCE


async def test_an_added_number_stands_in_once_another_person_verified_it(desk: Desk) -> None:
    await desk.tag(SOURCE)
    added = await desk.add()
    assert await desk.reached_at() is None
    await verify_contact(desk.session, added, desk.other, MONDAY_NINE)
    assert await desk.reached_at() == ADDED
    await desk.tag(ADDED)
    assert await desk.reached_at() is None


async def test_what_is_the_customers_own_is_not_told_to_a_guarantor(desk: Desk) -> None:
    await desk.tag(SOURCE)
    added = await desk.add(Person.GUARANTOR)
    await verify_contact(desk.session, added, desk.other, MONDAY_NINE)
    assert await desk.reached_at() is None
