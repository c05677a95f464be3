"""A customer's data: taken out whole, held, erased by two persons, and gone when it is too old."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from collection.field_notes.disposition import Person
from collection.gate.rule import Channel
from collection.messages import store as messages
from collection.messages.message import Purpose as MessagePurpose
from collection.messages.put_out import put_out
from collection.portfolio.customers import store as customers
from collection.portfolio.customers.overlays.add_contact import (
    NewContact,
    add_contact,
    end_contact,
)
from collection.portfolio.customers.overlays.contact_value import ContactKind
from collection.portfolio.import_demand import NewDemandFile, import_demand
from collection.privacy.consents.consent import Basis, Purpose
from collection.privacy.consents.record_consent import record_consent
from collection.privacy.consents.store import consents
from collection.privacy.erasures.erase import accept_erasure, ask_erasure, reject_erasure
from collection.privacy.errors import DataNeeded, ErasureAsked, ErasureDecided, OwnErasure
from collection.privacy.exports.export_person import export_person
from collection.privacy.exports.store import tables_of_customers
from collection.privacy.holds.set_hold import lift_hold, set_hold
from collection.privacy.retention.retain import retain
from collection.privacy.retention.rule import Kind, Removed
from core.ids import new_id
from data.session import EVERYTHING, Database, Session, rows
from data.tables.collection import Customer
from identity.principal import Role
from identity.store import branches
from tests.conftest import MONDAY_NINE
from tests.factories import ACase, a_branch, a_case, a_person, branch_code, give_phone

NAME, NUMBER, NOTE = "Rosa Quispe", "+56911112222", "Pays when the harvest is in"


@dataclass
class Scene:
    """A customer who owes, with what is told of her; and two who may erase."""

    session: Session
    branch: UUID
    case: ACase
    one: UUID
    other: UUID

    @property
    def customer(self) -> UUID:
        return self.case.customer_id

    async def settle(self) -> None:
        """Nothing is owed any more."""
        for statement in (
            "UPDATE demand SET paid_minor = total_minor WHERE account_id = :account",
            "INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, closure,"
            " reason, changed_at) SELECT gen_random_uuid(), branch_id, id, stage, 'closed',"
            " 'paid_in_full', 'paid', CAST(:now AS timestamptz) FROM case_file"
            " WHERE account_id = :account",
        ):
            named = {"account": self.case.account_id, "now": MONDAY_NINE}
            used = {name: its for name, its in named.items() if f":{name}" in statement}
            await self.session.execute(text(statement), used)


async def a_scene(session: Session) -> Scene:
    branch = await a_branch(session)
    case = await a_case(session, branch, customer_name=NAME)
    one, other = [await a_person(session, branch, Role.ADMIN) for _ in range(2)]
    await give_phone(session, case.customer_id, NUMBER)
    new = NewContact(ContactKind.PHONE, "+56933334444", Person.CUSTOMER, "Beatriz Olmedo")
    await add_contact(session, case.customer_id, new, one, MONDAY_NINE)
    to = await messages.recipient(session, case.case_id, MONDAY_NINE)
    assert to is not None
    await put_out(
        session, to, MessagePurpose.RECEIPT, new_id(), Channel.SMS, "es", "Your receipt",
        MONDAY_NINE,
    )  # fmt: skip
    await session.execute(
        text(
            "INSERT INTO occasion_hold (id, branch_id, customer_id, kind, first_day, last_day,"
            " note, recorded_at) VALUES (gen_random_uuid(), :branch, :customer, 'illness',"
            " '2026-01-01', '2026-01-02', :note, :now)"
        ),
        {"branch": branch, "customer": case.customer_id, "note": NOTE, "now": MONDAY_NINE},
    )
    await record_consent(
        session, case.customer_id, Purpose.PHOTOGRAPHS, Basis.CONSENT, "signed", MONDAY_NINE, None,
        one, MONDAY_NINE,
    )  # fmt: skip
    return Scene(session, branch, case, one, other)


@pytest.fixture
async def scene(session: Session) -> Scene:
    return await a_scene(session)


async def no_file(_id: UUID) -> bytes:
    raise AssertionError("there is no attachment")


async def test_an_export_has_everything_of_a_customer_and_nothing_of_another(scene: Scene) -> None:
    await a_case(scene.session, scene.branch, customer_name="Somebody Else")
    packed = zipfile.ZipFile(
        io.BytesIO(await export_person(scene.session, scene.customer, no_file, MONDAY_NINE))
    )
    told = packed.read("person.json").decode()
    assert all(word in told for word in (NAME, NUMBER, NOTE, "Beatriz Olmedo", "Your receipt"))
    assert "Somebody Else" not in told
    tables = json.loads(told)
    assert len(tables["case_file"]) == len(tables["account"]) == len(tables["demand"]) == 1
    assert tables["consent"][0]["purpose"] == "photographs"
    assert json.loads(tables["address"][0]["location"])["type"] == "Point"
    assert "2026-11-23" in packed.read("README.txt").decode()


def test_what_hangs_on_a_customer_is_found_by_itself() -> None:
    found = tables_of_customers()
    assert {"receipt", "check_in", "check_out", "disposition", "attachment", "refund"} <= set(found)
    assert not set(found) & {"staff", "branch", "agent_profile", "device", "center", "ping"}


async def test_a_customer_who_owes_or_is_held_is_not_erased(scene: Scene) -> None:
    with pytest.raises(DataNeeded, match="1 cases are open; 1 demands are unpaid"):
        await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await scene.settle()
    hold = await set_hold(scene.session, scene.customer, "a court", scene.one, MONDAY_NINE)
    with pytest.raises(DataNeeded, match="1 legal holds stand"):
        await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await lift_hold(scene.session, hold, scene.one, MONDAY_NINE)
    asked = await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    with pytest.raises(ErasureAsked):
        await ask_erasure(scene.session, scene.customer, "again", scene.one, MONDAY_NINE)
    with pytest.raises(OwnErasure):
        await accept_erasure(scene.session, asked, scene.one, MONDAY_NINE)
    await set_hold(scene.session, scene.customer, "a regulator", scene.one, MONDAY_NINE)
    with pytest.raises(DataNeeded):
        await accept_erasure(scene.session, asked, scene.other, MONDAY_NINE)
    await reject_erasure(scene.session, asked, scene.other, MONDAY_NINE)
    with pytest.raises(ErasureDecided):
        await accept_erasure(scene.session, asked, scene.other, MONDAY_NINE)


async def test_an_erased_customer_is_gone_and_the_books_stay(scene: Scene) -> None:
    await scene.settle()
    asked = await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    report = await accept_erasure(scene.session, asked, scene.other, MONDAY_NINE)
    erased = report["erased"]
    assert (erased["contact_point"], erased["message"], erased["occasion_hold"]) == (1, 1, 1)
    assert {each["what"] for each in report["kept"]} == {"demand", "consent"}
    packed = zipfile.ZipFile(
        io.BytesIO(await export_person(scene.session, scene.customer, no_file, MONDAY_NINE))
    )
    left = packed.read("person.json").decode()
    words = (NAME, NUMBER, NOTE, "Beatriz Olmedo", "Your receipt", "33334444")
    assert [word for word in words if word in left] == []
    assert len(json.loads(left)["demand"]) == 1
    [record] = await customers.records(scene.session, scene.customer)
    assert (record.name, record.phone) == ("Erased", None)
    with pytest.raises(DBAPIError, match="no accepted request"):
        await rows(
            scene.session, "SELECT erase_customer(:id, '', '', :now)", id=asked, now=MONDAY_NINE
        )


async def test_an_erased_customer_does_not_come_back_with_the_next_file(scene: Scene) -> None:
    await scene.session.execute(
        update(Customer).where(Customer.id == scene.customer).values(source_ref="CU-7")
    )
    await scene.settle()
    asked = await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await accept_erasure(scene.session, asked, scene.other, MONDAY_NINE)
    code = await branch_code(scene.session, scene.branch)
    branch = next(b for b in await branches(scene.session) if b.id == scene.branch)
    content = (
        "branch_code,customer_id,customer_name,loan_account_no,due_date,principal_due,interest_due,"
        "address\n"
        f"{code},CU-7,{NAME},ACC-7,2026-11-20,100,10,Elsewhere 1\n"
        f"{code},CU-8,Ana Soto,ACC-8,2026-11-20,100,10,Elsewhere 2\n"
    ).encode()
    file = NewDemandFile(content, "next.csv", date(2026, 11, 23))
    report = await import_demand(scene.session, branch, file, MONDAY_NINE, lambda _: None)
    assert report.rows_loaded == 1
    assert [(p.line, p.column, p.value) for p in report.problems] == [(2, "customer_id", "")]
    found = await rows(
        scene.session,
        "SELECT full_name FROM customer WHERE branch_id = :b ORDER BY 1", b=scene.branch,
    )  # fmt: skip
    assert [r.full_name for r in found] == ["Ana Soto", "Erased"]


async def test_a_new_word_for_a_purpose_ends_the_one_before(scene: Scene) -> None:
    await record_consent(
        scene.session, scene.customer, Purpose.PHOTOGRAPHS, Basis.CONSENT, "called",
        MONDAY_NINE, date(2027, 1, 1), scene.one, MONDAY_NINE,
    )  # fmt: skip
    newest, before = await consents(scene.session, scene.customer)
    assert (newest.evidence, newest.withdrawn_at) == ("called", None)
    assert before.withdrawn_at == MONDAY_NINE


async def test_what_is_too_old_goes_by_night_and_a_hold_keeps_it(own_database: Database) -> None:
    later = MONDAY_NINE + timedelta(days=400)
    async with own_database.transaction(EVERYTHING) as session:
        scenes = [await a_scene(session) for _ in range(2)]
        for each in scenes:
            await session.execute(
                text(
                    "UPDATE message SET state = 'failed', problem = 'x', settled_at = :now"
                    " WHERE case_id = :case"
                ),
                {"now": MONDAY_NINE, "case": each.case.case_id},
            )
            [contact] = await rows(
                session,
                "SELECT id FROM contact_point WHERE customer_id = :id",
                id=each.customer,
            )
            await end_contact(session, contact.id, "moved", each.one, MONDAY_NINE)
        await set_hold(session, scenes[1].customer, "a court", scenes[1].one, MONDAY_NINE)
    assert await retain(own_database, MONDAY_NINE + timedelta(days=300)) == []
    runs = await retain(own_database, later)
    told = {(run.branch_id, run.kind): run.removed for run in runs}
    gone, held = Removed(1, 0, MONDAY_NINE), Removed(0, 1, None)
    for kind in (Kind.MESSAGE, Kind.CONTACT):
        assert told[scenes[0].branch, kind] == gone
        assert told[scenes[1].branch, kind] == held
    async with own_database.transaction(EVERYTHING) as session:
        [counted] = await rows(
            session,
            "SELECT (SELECT count(*) FROM contact_point) AS contacts,"
            " (SELECT count(*) FROM message WHERE octet_length(body) = 30) AS emptied,"
            " (SELECT sum(removed) FROM retention_run) AS removed",
        )
    assert tuple(counted) == (1, 1, 2)
    again = await retain(own_database, later + timedelta(days=1))
    assert {run.removed for run in again} == {held}
