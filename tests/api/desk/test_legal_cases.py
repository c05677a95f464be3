"""What is before a court: on record with its hearings and costs, and nobody is sent meanwhile."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from collection.gate.decisions.decide import check
from collection.gate.facts import HOME_VISIT
from collection.gate.narrowing import HOLD
from collection.legal.watch_proceedings import watch_proceedings
from collection.privacy.erasures import store
from collection.privacy.exports.store import everything_of
from core.ids import new_id
from core.settings import settings
from data.session import EVERYTHING, Database, Session
from geofence.attachments.look_through import look_through
from tests.api.conftest import bearer
from tests.api.desk.scenes import Desk, a_desk
from tests.clamd import MALWARE, a_clamd
from tests.conftest import MONDAY_NINE
from tests.factories import give_phone
from tests.geofence.attachments.samples import PHOTO

NEW: dict[str, Any] = {
    "kind": "cheque_bounce", "forum": "Magistrate, Serena", "reference": "CC 12/2026",
    "advocate": "A. Fuentes", "advocate_phone": "+56 51 222 333", "filed_on": "2026-11-20",
}  # fmt: skip


@pytest.fixture
async def database(own_database: Database) -> Database:
    return own_database


@pytest.fixture
async def desk(database: Database, client: httpx.AsyncClient) -> Desk:
    return await a_desk(database, client)


async def opened(desk: Desk, id_: Any = None, token: str | None = None, **more: Any) -> Any:
    body = NEW | {"case_id": desk.case_id} | more
    return await desk.put(f"/v1/legal-cases/{id_ or new_id()}", body, token or desk.supervisor)


async def a_legal_case(desk: Desk, **more: Any) -> str:
    id_ = str(new_id())
    answer = await opened(desk, id_, **more)
    assert answer.status_code == 204, answer.text
    return id_


async def heard_on(desk: Desk, legal_case: str, day: str, id_: Any = None) -> Any:
    body = {"legal_case_id": legal_case, "heard_on": day, "purpose": "Evidence"}
    return await desk.put(f"/v1/legal-hearings/{id_ or new_id()}", body)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ROUNDSMAN_ATTACHMENT_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


async def erased(session: Session, customer: UUID) -> None:
    """Erase a customer, whatever is open."""
    erasure = new_id()
    await session.execute(
        text(
            "INSERT INTO erasure (id, branch_id, customer_id, reason, state, asked_at,"
            " asked_by, decided_at, decided_by) SELECT :id, branch_id, id, 'asked', 'accepted',"
            " :now, (SELECT opened_by FROM legal_case), :now,"
            " (SELECT id FROM staff WHERE id <> (SELECT opened_by FROM legal_case) LIMIT 1)"
            " FROM customer WHERE id = :customer"
        ),
        {"id": erasure, "customer": customer, "now": MONDAY_NINE},
    )
    await store.erase(session, erasure, MONDAY_NINE)


def on_disk(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.glob("??/*")]


PDF = b"%PDF-1.7\nThe suit is decreed\n"


async def kept(
    desk: Desk, legal_case: str, content: bytes = PDF, id_: Any = None, token: str = "", **more: Any
) -> Any:
    about = {
        "legal_case_id": legal_case, "kind": "order", "title": "Decree", "dated_on": "2026-11-20"
    }  # fmt: skip
    return await desk.field.client.put(
        f"/v1/legal-documents/{id_ or new_id()}",
        params=about | more,
        content=content,
        headers=bearer(token or desk.caller),
    )


async def told(desk: Desk) -> Any:
    answer = await desk.get(f"/v1/cases/{desk.case_id}/legal-cases")
    assert answer.status_code == 200, answer.text
    return answer.json()


def field_of(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


async def against_a_visit(desk: Desk, database: Database, day: int) -> list[str]:
    """What the gate has against a visit at nine, so many days from now."""
    async with database.transaction(EVERYTHING) as session:
        at = MONDAY_NINE + timedelta(days=day, hours=3)
        decision = await check(session, UUID(desk.case_id), HOME_VISIT, at)
    return [hit["text"] for hit in decision.hits if hit["code"] == HOLD]


async def test_a_proceeding_is_on_record_with_hearings_and_costs(desk: Desk) -> None:
    id_ = new_id()
    assert (await opened(desk, id_)).status_code == 204
    assert (await opened(desk, id_)).status_code == 204
    assert (await opened(desk, id_, forum="Another")).status_code == 409
    legal_case = str(id_)
    first = new_id()
    for _ in range(2):
        assert (await heard_on(desk, legal_case, "2026-11-23", first)).status_code == 204
    assert field_of(await heard_on(desk, legal_case, "2026-11-23")) == ["heard_on"]
    outcome = {"outcome": "Adjourned", "next_on": "2026-12-01", "next_purpose": "Arguments"}
    noted = await desk.post(f"/v1/legal-hearings/{first}/outcome", outcome)
    assert noted.status_code == 204, noted.text
    assert (await desk.post(f"/v1/legal-hearings/{first}/outcome", outcome)).status_code == 409
    bill = {
        "legal_case_id": legal_case, "paid_for": "Court fee", "spent_on": "2026-11-20",
        "amount": {"amount_minor": 25000, "currency": "CLP"},
    }  # fmt: skip
    cost = new_id()
    for _ in range(2):
        assert (await desk.put(f"/v1/legal-costs/{cost}", bill)).status_code == 204
    [one] = (await told(desk))["items"]
    assert one["advocate_phone"] == "+56 51 222 333"
    assert [(h["heard_on"], h["purpose"], h["outcome"]) for h in one["hearings"]] == [
        ("2026-11-23", "Evidence", "Adjourned"), ("2026-12-01", "Arguments", None),
    ]  # fmt: skip
    assert one["spent"] == {"amount_minor": 25000, "currency": "CLP"}
    story = (await desk.get(f"/v1/cases/{desk.case_id}/timeline")).json()["items"]
    steps = {e["facts"]["step"]: e for e in story if e["kind"] == "legal_case"}
    assert steps.keys() == {"opened", "heard", "spent"}
    assert steps["spent"]["amount"] == {"amount_minor": 25000, "currency": "CLP"}
    assert steps["heard"]["facts"]["words"] == "Adjourned"


async def test_what_is_not_right_is_refused_by_its_field(desk: Desk) -> None:
    assert field_of(await opened(desk, filed_on="2026-12-01")) == ["filed_on"]
    assert field_of(await opened(desk, advocate_phone="ask him")) == ["advocate_phone"]
    assert field_of(await opened(desk, kind="duel")) == ["kind"]
    legal_case = await a_legal_case(desk)
    later, today = new_id(), new_id()
    assert (await heard_on(desk, legal_case, "2026-11-24", later)).status_code == 204
    assert (await heard_on(desk, legal_case, "2026-11-23", today)).status_code == 204
    early = await desk.post(f"/v1/legal-hearings/{later}/outcome", {"outcome": "Won"})
    assert field_of(early) == ["outcome"]
    url = f"/v1/legal-hearings/{today}/outcome"
    half = await desk.post(url, {"outcome": "Put off", "next_on": "2026-12-01"})
    assert field_of(half) == ["next_purpose"]
    back = {"outcome": "Put off", "next_on": "2026-11-23", "next_purpose": "Evidence"}
    assert field_of(await desk.post(url, back)) == ["next_on"]
    bill = {
        "legal_case_id": legal_case, "paid_for": "Fee", "spent_on": "2026-11-24",
        "amount": {"amount_minor": 1, "currency": "CLP"},
    }  # fmt: skip
    assert field_of(await desk.put(f"/v1/legal-costs/{new_id()}", bill)) == ["spent_on"]
    rupees = bill | {"spent_on": "2026-11-20", "amount": {"amount_minor": 1, "currency": "INR"}}
    assert field_of(await desk.put(f"/v1/legal-costs/{new_id()}", rupees)) == ["amount.currency"]


async def test_only_who_may_hold_contact_opens_and_closes(desk: Desk) -> None:
    assert (await opened(desk, token=desk.caller)).status_code == 403
    legal_case = await a_legal_case(desk)
    end = {"outcome": "settled", "reason": "Paid"}
    refused = await desk.post(f"/v1/legal-cases/{legal_case}/close", end, desk.caller)
    assert refused.status_code == 403


async def test_nobody_is_sent_until_it_is_closed(desk: Desk, database: Database) -> None:
    legal_case = await a_legal_case(desk, holds_contact=True)
    other = await a_legal_case(desk, kind="civil_suit")
    customer = (await desk.get(f"/v1/cases/{desk.case_id}")).json()["customer_id"]
    url = f"/v1/customers/{customer}/holds"
    [hold] = (await desk.get(url, desk.supervisor)).json()
    assert (hold["kind"], hold["first_day"], hold["lifted_at"]) == ("legal", "2026-11-23", None)
    assert hold["account_id"] == str(desk.field.case.account_id)
    assert {one["id"]: one["is_held"] for one in (await told(desk))["items"]} == {
        legal_case: True, other: False,
    }  # fmt: skip
    held = ["left alone for legal (on record)"]
    assert await against_a_visit(desk, database, 1) == held
    async with database.transaction(EVERYTHING) as session:
        await give_phone(session, UUID(customer), "+56911112222")
    call = f"/v1/cases/{desk.case_id}/call"
    barred = await desk.post(call, {}, desk.caller)
    assert (barred.status_code, barred.json()["rules"]) == (409, held), barred.text
    end = {"outcome": "settled", "reason": "Paid at the hearing"}
    closed = await desk.post(f"/v1/legal-cases/{legal_case}/close", end)
    assert closed.status_code == 204, closed.text
    assert (await desk.post(f"/v1/legal-cases/{legal_case}/close", end)).status_code == 409
    assert (await heard_on(desk, legal_case, "2026-12-01")).status_code == 409
    [hold] = (await desk.get(url, desk.supervisor)).json()
    assert hold["lifted_at"]
    assert (await desk.post(call, {}, desk.caller)).status_code == 204
    assert await against_a_visit(desk, database, 1) == []


async def test_a_hearing_that_is_near_is_told_until_it_is_noted(
    desk: Desk, database: Database
) -> None:
    async def alerts(day: int) -> list[str]:
        async with database.transaction(EVERYTHING) as session:
            await watch_proceedings(session, MONDAY_NINE + timedelta(days=day))
        found = await desk.field.ask(
            "SELECT title FROM alert WHERE kind = 'legal_hearing' AND cleared_at IS NULL"
        )
        return [r.title for r in found]

    legal_case = await a_legal_case(desk)
    hearing = new_id()
    await heard_on(desk, legal_case, "2026-11-25", hearing)
    await heard_on(desk, legal_case, "2026-12-20")
    assert await alerts(0) == []
    assert await alerts(1) == ["A hearing on 2026-11-25: Magistrate, Serena"]
    assert await alerts(3) == ["The hearing of 2026-11-25 is not noted: Magistrate, Serena"]
    first = (await desk.get("/v1/legal-hearings?limit=1")).json()
    [item] = first["items"]
    assert (item["heard_on"], item["case_id"], item["is_past"]) == (
        "2026-11-25", desk.case_id, False,
    )  # fmt: skip
    rest = await desk.get(f"/v1/legal-hearings?cursor={first['next_cursor']}")
    assert [one["heard_on"] for one in rest.json()["items"]] == ["2026-12-20"]
    until = await desk.get("/v1/legal-hearings?until=2026-11-30")
    assert [one["heard_on"] for one in until.json()["items"]] == ["2026-11-25"]
    end = {"outcome": "withdrawn", "reason": "Settled out of court"}
    assert (await desk.post(f"/v1/legal-cases/{legal_case}/close", end)).status_code == 204
    assert await alerts(3) == []
    assert (await desk.get("/v1/legal-hearings")).json()["items"] == []


async def test_words_of_a_proceeding_are_taken_out_and_erased(
    desk: Desk, database: Database
) -> None:
    legal_case = await a_legal_case(desk)
    await heard_on(desk, legal_case, "2026-11-23")
    bill = {
        "legal_case_id": legal_case, "paid_for": "Court fee", "spent_on": "2026-11-20",
        "amount": {"amount_minor": 25000, "currency": "CLP"},
    }  # fmt: skip
    await desk.put(f"/v1/legal-costs/{new_id()}", bill)
    words = ("Magistrate", "CC 12", "Fuentes", "222 333", "Evidence", "Court fee")
    customer = desk.field.case.customer_id
    async with database.transaction(EVERYTHING) as session:
        told_whole = str(await everything_of(session, customer))
        assert [word for word in words if word not in told_whole] == []
        needs = await store.needs(session, customer)
        assert "one legal case is open" in needs.sentences()
        await erased(session, customer)
        left = str(await everything_of(session, customer))
        assert [word for word in words if word in left] == []


async def test_documents_are_kept_with_their_proceeding_and_saved(
    desk: Desk, database: Database, folder: Path
) -> None:
    legal_case = await a_legal_case(desk)
    order = new_id()
    for _ in range(2):
        answer = await kept(desk, legal_case, id_=order)
        assert answer.status_code == 204, answer.text
    assert (await kept(desk, legal_case, PDF + b"2", order)).status_code == 409
    end = {"outcome": "awarded", "reason": "Decreed"}
    assert (await desk.post(f"/v1/legal-cases/{legal_case}/close", end)).status_code == 204
    # Papers come after the end, too; what the camera wrote into a picture is taken out.
    photo = new_id()
    late = await kept(desk, legal_case, PHOTO, photo, kind="bill", title="Fee", dated_on="")
    assert field_of(late) == ["dated_on"]
    assert (await kept(desk, legal_case, PHOTO, photo, kind="bill", title="Fee")).status_code == 204
    [one] = (await told(desk))["items"]
    assert [(d["id"], d["kind"], d["title"], d["dated_on"]) for d in one["documents"]] == [
        (str(order), "order", "Decree", "2026-11-20"), (str(photo), "bill", "Fee", "2026-11-20"),
    ]  # fmt: skip
    saved = await desk.get(f"/v1/legal-documents/{order}")
    assert (saved.content, saved.headers["Content-Type"]) == (PDF, "application/pdf")
    assert saved.headers["Content-Disposition"] == f'attachment; filename="order-{order}.pdf"'
    assert b"Exif" not in (await desk.get(f"/v1/legal-documents/{photo}")).content
    assert [b"decreed" in content for content in on_disk(folder)] == [False, False]
    story = (await desk.get(f"/v1/cases/{desk.case_id}/timeline")).json()["items"]
    steps = [e["facts"] for e in story if e["kind"] == "legal_case"]
    assert [s["words"] for s in steps if s["step"] == "kept"] == ["Fee", "Decree"]
    async with database.transaction(EVERYTHING) as session:
        assert await look_through(session, folder) == (2, [])


async def test_a_document_that_is_not_right_is_refused_by_its_field(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    legal_case = await a_legal_case(desk)
    assert field_of(await kept(desk, legal_case, kind="novel")) == ["kind"]
    assert field_of(await kept(desk, legal_case, title="")) == ["title"]
    assert field_of(await kept(desk, legal_case, dated_on="2026-11-24")) == ["dated_on"]
    assert field_of(await kept(desk, legal_case, b"")) == ["body"]
    words = await kept(desk, legal_case, b"The suit is decreed")
    assert words.status_code == 422
    assert "JPG or PNG or PDF" in words.json()["detail"]
    assert (await kept(desk, str(new_id()))).status_code == 404
    assert (await kept(desk, legal_case, token=desk.field.token)).status_code == 403
    async with a_clamd() as clamd:
        monkeypatch.setenv("ROUNDSMAN_SCANNER_URL", clamd.url)
        settings.cache_clear()
        infected = await kept(desk, legal_case, PDF + MALWARE)
        assert infected.json()["type"].endswith("/file-infected")
        assert (await kept(desk, legal_case)).status_code == 204
    [one] = (await told(desk))["items"]
    assert len(one["documents"]) == len(on_disk(folder)) == 1


async def test_a_customer_takes_the_documents_along_and_none_is_left_when_erased(
    desk: Desk, database: Database, folder: Path
) -> None:
    legal_case = await a_legal_case(desk)
    order = new_id()
    assert (await kept(desk, legal_case, id_=order)).status_code == 204
    customer = desk.field.case.customer_id
    taken = await desk.field.client.get(
        f"/v1/customers/{customer}/export.zip",
        params={"reason": "she asked"},
        headers=bearer(desk.admin),
    )
    assert taken.status_code == 200, taken.text
    with zipfile.ZipFile(io.BytesIO(taken.content)) as packed:
        assert packed.read(f"attachments/{order}.pdf") == PDF
        person = packed.read("person.json").decode()
        assert "Decree" in person
        assert "file_key" not in person
    async with database.transaction(EVERYTHING) as session:
        await erased(session, customer)
        assert "legal_document" not in await everything_of(session, customer)
    assert (await desk.get(f"/v1/legal-documents/{order}")).status_code == 404


async def test_a_case_at_the_stage_legal_has_a_proceeding_or_an_alert(
    desk: Desk, database: Database
) -> None:
    async def alerts() -> list[str]:
        async with database.transaction(EVERYTHING) as session:
            await watch_proceedings(session, MONDAY_NINE)
        found = await desk.field.ask(
            "SELECT title FROM alert WHERE kind = 'legal_proceeding_missing' AND cleared_at IS NULL"
        )
        return [r.title for r in found]

    async def told_to(value: str) -> None:
        policy = f"/v1/branches/{desk.code}/policies/legal_proceeding"
        assert (await desk.put(policy, {"value": value}, desk.admin)).status_code == 200

    stage = f"/v1/cases/{desk.case_id}/stage"
    legal = {"stage": "legal", "reason": "Notice was sent"}
    await told_to("required")
    refused = await desk.post(stage, legal)
    assert refused.status_code == 409, refused.text
    assert refused.json()["type"].endswith("/proceeding-missing")
    legal_case = await a_legal_case(desk)
    moved = await desk.post(stage, legal)
    assert moved.status_code == 200, moved.text
    assert await alerts() == []
    end = {"outcome": "dismissed", "reason": "No jurisdiction"}
    assert (await desk.post(f"/v1/legal-cases/{legal_case}/close", end)).status_code == 204
    assert await alerts() == ["1 case at the stage legal without a proceeding"]
    await told_to("off")
    assert await alerts() == []
    await told_to("asked")
    assert len(await alerts()) == 1
    await a_legal_case(desk)
    assert await alerts() == []
