"""A customer's data: taken out whole, held, erased by two persons, and gone when it is too old."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import CheckConstraint, Column, LargeBinary, Text, text, update
from sqlalchemy.dialects.postgresql import JSONB
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
from collection.portfolio.customers.overlays.merge_customers import merge_customers
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
from data.columns import Geography, Geometry
from data.replays import claim, keep
from data.sealed import Sealed
from data.session import EVERYTHING, Database, Session, rows
from data.tables import metadata
from data.tables.collection import Customer
from identity.principal import Role
from identity.store import branches
from tests.conftest import MONDAY_NINE
from tests.factories import (
    ACase,
    a_branch,
    a_case,
    a_person,
    an_agent,
    branch_code,
    give_phone,
)

NAME, NUMBER, NOTE = "Rosa Quispe", "+56911112222", "Pays when the harvest is in"

STAYS: dict[str, str] = {
    column: reason
    for reason, columns in {
        "codes and settings of the lender": (
            "account.product_code address.provenance alert.kind assignment.channel"
            " case_file.bucket case_file.urgency_factors check_in.reason_code check_out.outcome"
            " arrears_plan.rule contact_attempt.excluded_reason contact_fact.rule_code"
            " customer_move.from_branch customer_move.to_branch fence.point_origin"
            " meeting_chance.by_hour message.language message.provider_ref message.refused_by"
            " opening_bucket.bucket promise.source unallocated.code"
            " unallocated.facts unallocated.sentence"
        ),
        "the area, for figures": "address.pincode",
        "why who had the work": "assignment.reason",
        "books": (
            "account.source_ref book_leaf.reason gateway_event.body gateway_event.event_id"
            " gateway_event.gateway gateway_event.kind one_time_code.code_hash"
            " online_payment.gateway online_payment.gateway_ref paper_receipt.original_hash"
            " receipt.amount_words receipt.chain_hash receipt.denominations receipt.fix"
            " receipt.loan_card_missing"
            " receipt.loan_card_place receipt.mode_details receipt.mode_reference"
            " receipt_reversal.reason refund.payee refund.reason refund.reference"
        ),
        "proof of a visit": (
            "address_pin.reasons attachment.exif attachment.file_key attachment.form_number"
            " attachment.media_type attachment.original_sha256 attachment.stored_sha256"
            " check_in.fix check_in.reason check_in.reasons check_out.fix check_out.reasons"
        ),
        "proof of what was allowed and agreed to": (
            "consent.evidence contact_decision.facts contact_decision.hits contact_decision.place"
            " contact_decision.rulebook erasure.reason erasure.report"
        ),
    }.items()
    for column in columns.split()
}
"""Columns that an erasure passes over, and why."""


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


async def note_all_over(scene: Scene) -> None:
    """Words and the door, in tables without an id and in those of changes."""
    for statement in (
        "INSERT INTO case_tag (case_id, tag, branch_id, bars_everybody, reason, set_at, set_by)"
        " VALUES (:case, 'x', :branch, false, :note, :now, :one)",
        "INSERT INTO conflict_of_interest (agent_id, customer_id, branch_id, reason, set_at,"
        " set_by)"
        " VALUES (:agent, :customer, :branch, :note, :now, :one)",
        "INSERT INTO customer_move (id, branch_id, to_branch_id, customer_id, customer_ref,"
        " customer_name, accounts, from_branch, to_branch, reason, asked_by, asked_at)"
        " VALUES (gen_random_uuid(), :branch, :elsewhere, :customer, 'x', :name, 1, 'a', 'b',"
        " :note, :one, :now)",
        "INSERT INTO address_point (id, branch_id, address_id, version, location, sigma_m, origin,"
        " agents, made_at, note) SELECT gen_random_uuid(), branch_id, id, 9,"
        " ST_MakePoint(-71.123456, -29.123456), 9, 'drawn', '{}', CAST(:now AS timestamptz),"
        " CAST(:note AS text) FROM address WHERE customer_id = :customer",
        "INSERT INTO visit (id, branch_id, agent_id, day, fence_ids, case_ids, began_at, ended_at,"
        " is_closed, location, uncertainty_m, ping_count, posterior, verdict, reasons, version,"
        " decided_at, change, first_id, pings_from, pings_until, pings_delay_s)"
        " SELECT id, :branch, :agent, '2026-11-23', '{}', ARRAY [CAST(:case AS uuid), id], :now,"
        " :now, true, ST_MakePoint(1, 1), 9, 9, 0.9, 'verified', '[]', 1, :now, 'new', id, :now,"
        " :now, 0 FROM (SELECT gen_random_uuid()) v (id)",
    ):
        named = {
            "case": scene.case.case_id, "branch": scene.branch, "customer": scene.customer,
            "one": scene.one, "agent": await an_agent(scene.session, scene.branch), "name": NAME,
            "elsewhere": await a_branch(scene.session), "note": NOTE, "now": MONDAY_NINE,
        }  # fmt: skip
        used = {name: its for name, its in named.items() if f":{name}" in statement}
        await scene.session.execute(text(statement), used)


async def told_of(scene: Scene, customer: UUID | None = None) -> str:
    """What the file of all that is held about a customer says."""
    taken = await export_person(
        scene.session, customer or scene.customer, no_file, MONDAY_NINE
    )  # fmt: skip
    return zipfile.ZipFile(io.BytesIO(taken)).read("person.json").decode()


async def test_an_export_has_rows_without_an_id_and_visits_without_neighbors(scene: Scene) -> None:
    await note_all_over(scene)
    told = json.loads(await told_of(scene))
    assert [r["reason"] for r in told["case_tag"] + told["conflict_of_interest"]] == [NOTE, NOTE]
    [visit] = told["visit"]
    assert (visit["verdict"], visit["case_ids"]) == ("verified", [str(scene.case.case_id)])


async def test_records_that_are_seen_as_one_are_taken_out_and_erased_as_one(scene: Scene) -> None:
    other = await a_case(scene.session, scene.branch, customer_name="Rosa Q. de Olmedo")
    await merge_customers(
        scene.session, scene.customer, other.customer_id, "one person", scene.one, MONDAY_NINE
    )
    assert "Rosa Q. de Olmedo" in await told_of(scene)
    assert NAME in await told_of(scene, other.customer_id)
    await scene.settle()
    with pytest.raises(DataNeeded, match="one case is open"):
        await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await Scene(scene.session, scene.branch, other, scene.one, scene.other).settle()
    asked = await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    report = await accept_erasure(scene.session, asked, scene.other, MONDAY_NINE)
    assert report["erased"]["customer"] == 2
    left = await told_of(scene)
    assert [word for word in (NAME, "Olmedo", "one person") if word in left] == []


async def test_an_erasure_leaves_no_words_and_no_door_behind(scene: Scene) -> None:
    await note_all_over(scene)
    await scene.settle()
    asked = await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await accept_erasure(scene.session, asked, scene.other, MONDAY_NINE)
    left = await told_of(scene)
    assert [word for word in (NAME, NUMBER, NOTE, "71.123456") if word in left] == []
    assert "71.12" in left


async def test_an_erasure_forgets_what_actions_on_the_customer_were_answered(scene: Scene) -> None:
    [place] = await rows(
        scene.session, "SELECT id FROM address WHERE customer_id = :id", id=scene.customer
    )
    neighbor = await a_case(scene.session, scene.branch)
    about = {"theirs": place.id, "case": scene.case.case_id, "neighbor": neighbor.case_id}
    for key, named in about.items():
        its = (scene.session, scene.one, "POST /v1/…", key)
        await claim(*its, b"body", MONDAY_NINE)
        await keep(*its, {"items": [{"id": str(named), "customer": NAME}]})
    await scene.settle()
    asked = await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await accept_erasure(scene.session, asked, scene.other, MONDAY_NINE)
    left = await rows(
        scene.session, "SELECT key FROM idempotency WHERE principal_id = :id", id=scene.one
    )
    assert [r.key for r in left] == ["neighbor"]


async def test_each_column_of_words_or_places_is_erased_or_stays_for_a_reason(
    session: Session,
) -> None:
    [found] = await rows(session, "SELECT pg_get_functiondef('erase_customer'::regproc) AS its")
    statements = found.its.split(";")

    def erases(table: str, column: str) -> bool:
        return any(
            re.search(rf"DELETE FROM {table}\b", each)  # noqa: S608 it is read
            or (re.search(rf"UPDATE {table}\b", each) and re.search(rf"\b{column} = ", each))
            for each in statements
        )

    told = {
        f"{name}.{column.name}"
        for name in tables_of_customers()
        for column in metadata.tables[name].columns
        if tells(column) and not erases(name, column.name)
    }
    assert told - STAYS.keys() == set(), "erase these for a customer, or say why they stay"
    assert STAYS.keys() - told == set()


def tells(column: Column[Any]) -> bool:
    """Whether a column may hold words, papers or a place, and not one of a few codes."""
    checks = " ".join(
        str(c.sqltext) for c in column.table.constraints if isinstance(c, CheckConstraint)
    )
    return (
        isinstance(column.type, (Text, JSONB, LargeBinary, Sealed, Geography, Geometry))
        and not column.foreign_keys
        and not re.search(rf"\b{column.name} (IN \(|= ANY|<@)", checks)
        and column.name not in {"body_hash", "currency"}
    )


def test_what_hangs_on_a_customer_has_also_what_has_no_id() -> None:
    assert {"case_tag", "installment_plan", "receipt_allocation"} <= set(tables_of_customers())


async def test_a_customer_who_owes_or_is_held_is_not_erased(scene: Scene) -> None:
    with pytest.raises(DataNeeded, match="one case is open; one demand is unpaid"):
        await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await scene.settle()
    hold = await set_hold(scene.session, scene.customer, "a court", scene.one, MONDAY_NINE)
    with pytest.raises(DataNeeded, match="one legal hold stands"):
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


async def test_who_paid_too_much_is_not_erased_before_it_is_paid_back(scene: Scene) -> None:
    await scene.settle()
    advance = text("UPDATE account SET advance_minor = :minor WHERE customer_id = :customer")
    await scene.session.execute(advance, {"minor": 4_000, "customer": scene.customer})
    with pytest.raises(DataNeeded, match="one sum that was paid too much"):
        await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)
    await scene.session.execute(advance, {"minor": 0, "customer": scene.customer})
    await ask_erasure(scene.session, scene.customer, "asked", scene.one, MONDAY_NINE)


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
            scene.session, "SELECT erase_customer(:id, '', '{}', :now)", id=asked, now=MONDAY_NINE
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
