"""Personal columns lie encrypted in the database, by keys that it does not have."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import insert, make_url, text
from sqlalchemy.exc import IntegrityError

from collection.field_notes.disposition import Person
from collection.gate.rule import Channel
from collection.legal.legal_case import LegalKind, NewLegalCase
from collection.legal.open_legal_case import open_legal_case
from collection.messages import store as messages
from collection.messages.message import Purpose
from collection.messages.put_out import put_out
from collection.portfolio.customers import store as customers
from collection.portfolio.customers.overlays.add_contact import NewContact, add_contact
from collection.portfolio.customers.overlays.contact_value import ContactKind, Exclusion
from collection.portfolio.customers.overlays.tag_number import tag_number
from collection.portfolio.timeline.store import timeline
from core.clock import local_day
from core.ids import new_id
from core.sealing.ring import KeyRing
from core.settings import settings
from data import migrate
from data.column_keys import WrongKeys, check_keys, column_status, keys_in_use, seal_all_anew
from data.sealed import cipher, write_ring
from data.server_keys import server_key
from data.session import EVERYTHING, Database, Session, rows
from data.tables.field_notes import Disposition, NextAction, RootCause
from identity.enroll import NewStaff, employ
from identity.principal import Role
from identity.second_factor import store as factors
from tests.conftest import MONDAY_NINE
from tests.factories import PASSWORD, ACase, a_branch, a_case, a_person, branch_code, give_phone

PLAIN = (
    "+56911112222", "ana.perez@example.org", "+56933334444", "Beatriz Olmedo", "+56955556666",
    "receipt 4711", "Carmen Salas", "pays when the harvest is in", "ask at the bakery",
    "wages came late", "called the employer", "paid after all",
    "+56977778888", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "key-of-all-the-links-there-are",
)  # fmt: skip
(
    SOURCE, EMAIL, ADDED, RELATIVE, STAFF, MESSAGE, MET, NOTE, NEXT, CAUSE, ACTION, OUTCOME,
    ADVOCATE, SECRET, SERVER,
) = PLAIN  # fmt: skip
DAY = local_day(MONDAY_NINE, "America/Santiago")


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "key_file", tmp_path / "column.keys")


async def _fill(database: Database) -> ACase:
    """Every sealed column has something in it, but the keys of files."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        case = await a_case(session, branch)
        await give_phone(session, case.customer_id, SOURCE)
        by = await a_person(session, branch, Role.TELE_CALLER)
        code = await branch_code(session, branch)
        await employ(session, NewStaff(code, Role.CASH_DESK, "Eva", f"eva{by}", PASSWORD, STAFF))
        for kind, value, name in (
            (ContactKind.EMAIL, EMAIL, None), (ContactKind.PHONE, ADDED, RELATIVE),
        ):  # fmt: skip
            new = NewContact(kind, value, Person.CUSTOMER, name)
            await add_contact(session, case.customer_id, new, by, MONDAY_NINE)
        await tag_number(
            session, case.customer_id, ADDED, Exclusion.WRONG_NUMBER, "told so", None, by,
            MONDAY_NINE,
        )  # fmt: skip
        to = await messages.recipient(session, case.case_id, MONDAY_NINE)
        assert to is not None
        await put_out(
            session, to, Purpose.RECEIPT, new_id(), Channel.SMS, "es", MESSAGE, MONDAY_NINE
        )
        await _note(session, branch, case, by)
        proceeding = NewLegalCase(
            new_id(), case.case_id, LegalKind.NOTICE, "Juzgado", None, None, ADVOCATE, None,
            holds_contact=False,
        )  # fmt: skip
        await open_legal_case(session, proceeding, by, b"", MONDAY_NINE)
        await factors.set_secret(session, by, branch, SECRET)
        await server_key(session, "links", SERVER.encode, MONDAY_NINE)
    return case


async def _note(session: Session, branch: UUID, case: ACase, by: UUID) -> None:
    """What came of a contact, what comes next, and why less was paid."""
    lists = {
        r.topic: r.id
        for r in await rows(session, "SELECT topic, id FROM value_list WHERE branch_id IS NULL")
    }
    noted = {"id": new_id(), "branch_id": branch, "case_id": case.case_id, "body_hash": b""}
    await session.execute(
        insert(Disposition).values(
            **noted, channel="call", list_id=lists["call"], contact_code="no_answer",
            result_code="rang", person="neighbor", person_name=MET, note=NOTE,
            happened_at=MONDAY_NINE, recorded_at=MONDAY_NINE, recorded_by=by,
        )
    )  # fmt: skip
    await session.execute(
        insert(NextAction).values(
            id=new_id(), branch_id=branch, case_id=case.case_id, kind="visit",
            due_on=MONDAY_NINE.date(), note=NEXT, set_at=MONDAY_NINE, set_by=by,
        )
    )  # fmt: skip
    [cause] = await rows(
        session,
        "SELECT code FROM listed_value WHERE list_id = :list ORDER BY code LIMIT 1",
        list=lists["cause"],
    )
    await session.execute(
        insert(RootCause).values(
            **noted | {"id": new_id()}, disposition_id=noted["id"], list_id=lists["cause"],
            cause_code=cause.code, note=CAUSE, demanded_minor=2, paid_minor=1, currency="CLP",
            opened_at=MONDAY_NINE, opened_by=by, action=ACTION, action_at=MONDAY_NINE,
            action_by=by, outcome=OUTCOME, closed_at=MONDAY_NINE, closed_by=by,
        )
    )  # fmt: skip


def _dumped(url: str) -> str:
    """Everything that any table holds, as text and bytes alike."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    parts = []
    with psycopg.connect(plain) as connection:
        tables = connection.execute(
            "SELECT quote_ident(relname) FROM pg_class c JOIN pg_namespace n ON n.oid ="
            " c.relnamespace WHERE nspname = 'public' AND relkind = 'r'"
        ).fetchall()
        for (table,) in tables:
            for (row,) in connection.execute(f"SELECT t::text FROM {table} t".encode()):  # noqa: S608
                parts.append(row)
    return "\n".join(parts)


async def test_a_dump_of_the_whole_database_has_none_of_it_in_the_clear(
    own_database: Database, own_database_url: str
) -> None:
    case = await _fill(own_database)
    dumped = _dumped(own_database_url)
    assert "María González" in dumped, "the dump sees rows"
    found = [
        value for value in PLAIN
        if value in dumped or value.encode().hex() in dumped
    ]  # fmt: skip
    assert found == []
    async with own_database.transaction(EVERYTHING) as session:
        contacts = await customers.contacts(session, [case.customer_id], DAY)
    assert {c.value for c in contacts} == {SOURCE, EMAIL, ADDED}
    assert {c.value: list(c.excluded) for c in contacts}[ADDED] == ["wrong_number"]
    assert RELATIVE in {c.person_name for c in contacts}


@pytest.mark.usefixtures("own_keys")
async def test_keys_are_rotated_while_values_stay_readable(own_database: Database) -> None:
    case = await _fill(own_database)
    await check_keys(own_database)
    write_ring(cipher().ring.with_new_key())
    told: list[str] = []
    count = await seal_all_anew(own_database, lambda what, _: told.append(what))
    assert count == 17
    assert await seal_all_anew(own_database, lambda what, _: told.append(what)) == 0
    write_ring(cipher().ring.with_newest_alone())
    async with own_database.transaction(EVERYTHING) as session:
        assert await keys_in_use(session) == {2}
        status = await column_status(session)
        assert {s.column for s in status if "file_key" not in s.column} == set(told)
        contacts = await customers.contacts(session, [case.customer_id], DAY)
        assert {c.value for c in contacts} == {SOURCE, EMAIL, ADDED}
        events = await timeline(session, [case.case_id], after=None, limit=20)
        facts = {each.kind: each.facts for each in events}
        assert (facts["disposition"]["person_name"], facts["disposition"]["note"]) == (MET, NOTE)
        assert facts["next_action"]["note"] == NEXT
        assert [facts["root_cause"][name] for name in ("note", "action", "outcome")] == [
            CAUSE, ACTION, OUTCOME,
        ]  # fmt: skip
        reached = await messages.recipient(session, case.case_id, MONDAY_NINE + timedelta(days=1))
    assert reached is not None
    assert reached.phone == SOURCE


@pytest.mark.usefixtures("own_keys")
async def test_nobody_starts_with_other_keys_than_the_databases(own_database: Database) -> None:
    await check_keys(own_database)
    await check_keys(own_database)
    write_ring(cipher().ring.with_new_key())
    await check_keys(own_database)
    write_ring(KeyRing.new())
    with pytest.raises(WrongKeys, match="lacks the key 1, 2, index"):
        await check_keys(own_database)


async def test_the_database_refuses_what_is_not_sealed(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        case = await a_case(session, await a_branch(session))
    in_the_clear = text(
        "UPDATE customer SET phone = '+56912345678', phone_index = '' WHERE id = :id"
    )
    async with database.transaction(EVERYTHING) as session:
        with pytest.raises(IntegrityError, match="phone_sealed"):
            await session.execute(in_the_clear, {"id": case.customer_id})
        await session.rollback()


async def test_what_was_in_the_clear_is_sealed_by_the_migration_and_opened_by_its_undoing(
    own_database_url: str,
) -> None:
    database = Database(own_database_url)
    await _fill(database)
    before = ScriptDirectory.from_config(Config("data/alembic.ini")).get_revision("0045")
    assert isinstance(before.down_revision, str)
    migrate.downgrade(own_database_url, before.down_revision)
    dumped = _dumped(own_database_url)
    in_the_clear = [v for v in PLAIN if v in dumped or v.encode().hex() in dumped]
    assert set(PLAIN) - set(in_the_clear) == {ADVOCATE}  # whose table is newer
    migrate.upgrade(own_database_url)
    dumped = _dumped(own_database_url)
    assert [v for v in PLAIN if v in dumped or v.encode().hex() in dumped] == []
    async with database.transaction(EVERYTHING) as session:
        [found] = await rows(session, "SELECT phone, phone_index FROM customer")
    assert cipher().open(found.phone) == SOURCE
    assert bytes(found.phone_index) == cipher().index(SOURCE)
    await database.close()
