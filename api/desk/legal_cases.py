"""What is before a court about a case: proceedings, their hearings, documents and costs."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from api.agents.attachments import FILE, file_of
from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Desk, Now, Read, Supervisor, Tx
from api.routing import Router
from api.saved_file import saved_file
from api.scanned import check_file
from api.schemas import Answer, Body, Day, FactId, Instant, MoneyAnswer, MoneyBody, Text
from collection.errors import CaseNotFound
from collection.legal import store
from collection.legal.follow_legal_case import NextHearing, note_hearing, record_cost, set_hearing
from collection.legal.legal_case import (
    Cost,
    DocumentKind,
    Hearing,
    LegalKind,
    LegalOutcome,
    NewLegalCase,
)
from collection.legal.open_legal_case import close_legal_case, open_legal_case
from core.errors import InvalidField
from core.money import Money
from core.said import say
from core.settings import settings
from geofence.attachments.attachment import MOST_BYTES, FileKind
from geofence.attachments.errors import AttachmentNotFound
from geofence.attachments.files import fetch
from geofence.attachments.legal_documents.keep_legal_document import (
    NewDocument,
    keep_legal_document,
)
from geofence.attachments.legal_documents.store import legal_document
from identity.permission import Permission

router = Router(prefix="/v1", tags=["desk: legal cases"])

UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "the file itself; what it is, its first bytes tell",
        "content": dict.fromkeys(("image/jpeg", "image/png", "application/pdf"), FILE),
    }
}
Title = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Telephone = Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[+0-9 ()/.-]+$")]


class HearingAnswer(Answer):
    """A day before the court; `outcome` once it was noted."""

    id: UUID
    heard_on: date
    purpose: str
    outcome: str | None


class CostAnswer(Answer):
    """What was spent."""

    id: UUID
    paid_for: str
    amount: MoneyAnswer
    spent_on: date


class DocumentAnswer(Answer):
    """A paper of a proceeding; `dated_on` is the day that it bears."""

    id: UUID
    kind: DocumentKind
    title: str
    dated_on: date | None
    media_type: str
    size_bytes: int
    kept_at: Instant


class LegalCaseAnswer(Answer):
    """A proceeding, with hearings and costs by their days, documents as they came. `is_held`: the
    customer is left alone for it."""

    id: UUID
    case_id: UUID
    kind: LegalKind
    forum: str
    reference: str | None
    advocate: str | None
    advocate_phone: str | None
    filed_on: date | None
    is_held: bool
    opened_at: Instant
    closed_at: Instant | None
    outcome: LegalOutcome | None
    reason: str | None
    hearings: list[HearingAnswer]
    costs: list[CostAnswer]
    documents: list[DocumentAnswer]
    spent: MoneyAnswer


class LegalCasesAnswer(Answer):
    """The proceedings about a case, open ones first; and whether the caller may open and close
    them, or note what goes on in them."""

    may_open: bool
    may_note: bool
    currency: str
    items: list[LegalCaseAnswer]


class LegalCaseBody(Body):
    """A proceeding. With `holds_contact` no contact about this account is allowed until it is
    closed."""

    case_id: UUID
    kind: LegalKind
    forum: Text
    reference: Text | None = None
    advocate: Text | None = None
    advocate_phone: Telephone | None = None
    filed_on: Day | None = None
    holds_contact: bool = False


class CloseBody(Body):
    """How it ended, and why."""

    outcome: LegalOutcome
    reason: Text


class HearingBody(Body):
    """The day of a hearing, and what is to be heard."""

    legal_case_id: UUID
    heard_on: Day
    purpose: Text


class HearingOutcomeBody(Body):
    """What came of a hearing; `next_on` is the day of the next one, if it is known, and
    `next_purpose` what is to be heard then."""

    outcome: Text
    next_on: Day | None = None
    next_purpose: Text | None = None


class CostBody(Body):
    """What was spent on a proceeding, in the account's currency."""

    legal_case_id: UUID
    paid_for: Text
    amount: MoneyBody
    spent_on: Day


class ComingHearingAnswer(Answer):
    """A hearing of which nobody noted what came, with the case that it is about. `is_past`: its
    day is over."""

    id: UUID
    heard_on: date
    purpose: str
    legal_case_id: UUID
    case_id: UUID
    kind: LegalKind
    forum: str
    reference: str | None
    customer: str
    is_past: bool


class ComingHearingsAnswer(Answer):
    """A page of hearings, the next first."""

    items: list[ComingHearingAnswer]
    next_cursor: str | None


@router.get("/cases/{id}/legal-cases")
async def get_legal_cases(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
) -> LegalCasesAnswer:
    """The proceedings about a case."""
    case = await store.case_at_law(session, id)
    if case is None:
        raise CaseNotFound(str(id))
    return LegalCasesAnswer(
        may_open=Permission.SUPERVISION_ACT in caller.permissions,
        may_note=Permission.DESK_ACT in caller.permissions,
        currency=case.currency,
        items=[LegalCaseAnswer.model_validate(one) for one in await store.legal_cases(session, id)],
    )


@router.put("/legal-cases/{id}", status_code=204)
async def put_legal_case(
    id: FactId,  # noqa: A002
    body: LegalCaseBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """Put a proceeding on record."""
    new = NewLegalCase(
        id, body.case_id, body.kind, body.forum, body.reference, body.advocate,
        body.advocate_phone, body.filed_on, body.holds_contact,
    )  # fmt: skip
    await open_legal_case(session, new, caller.id, body.digest(), now)


@router.post("/legal-cases/{id}/close", status_code=204)
async def post_close_legal_case(
    id: UUID,  # noqa: A002
    body: CloseBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """Say how a proceeding ended: its hold is lifted."""
    await close_legal_case(session, id, body.outcome, body.reason, caller.id, now)


@router.put("/legal-hearings/{id}", status_code=204)
async def put_hearing(
    id: FactId,  # noqa: A002
    body: HearingBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> None:
    """Note the day of a hearing."""
    hearing = Hearing(id, body.heard_on, body.purpose, None)
    await set_hearing(session, body.legal_case_id, hearing, caller.id, body.digest(), now)


@router.post("/legal-hearings/{id}/outcome", status_code=204)
async def post_hearing_outcome(
    id: UUID,  # noqa: A002
    body: HearingOutcomeBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> None:
    """Note what came of a hearing, and when the next one is."""
    if (body.next_on is None) != (body.next_purpose is None):
        missing = "next_on" if body.next_on is None else "next_purpose"
        raise InvalidField(missing, say("both the next day and what is heard then, or neither"))
    following = body.next_on and NextHearing(body.next_on, body.next_purpose or "")
    await note_hearing(session, id, body.outcome, following or None, caller.id, now)


@router.put("/legal-costs/{id}", status_code=204)
async def put_cost(
    id: FactId,  # noqa: A002
    body: CostBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> None:
    """Note what was spent on a proceeding. It is on record, and posts nothing in the ledger."""
    amount = Money(body.amount.amount_minor, body.amount.currency)
    cost = Cost(id, body.paid_for, amount, body.spent_on)
    await record_cost(session, body.legal_case_id, cost, caller.id, body.digest(), now)


async def _file(request: Request, caller: Desk) -> bytes:
    content = await file_of(request, MOST_BYTES[FileKind.DOCUMENT])
    await check_file(content)
    return content


@router.put("/legal-documents/{id}", status_code=204, openapi_extra=UPLOAD)
async def put_legal_document(
    id: FactId,  # noqa: A002
    caller: Desk,
    content: Annotated[bytes, Depends(_file)],
    session: Tx,
    now: Now,
    legal_case_id: UUID,
    kind: DocumentKind,
    title: Title,
    dated_on: Annotated[Day | None, Query(description="the day that it bears")] = None,
) -> None:
    """Keep a document of a proceeding, open or closed, sent as the request's body: JPEG, PNG or
    PDF, at most 10 MB. What a camera wrote into it is taken out."""
    new = NewDocument(id, legal_case_id, kind, title, dated_on, content)
    await keep_legal_document(session, settings().attachment_dir, new, caller.id, now)


@router.get("/legal-documents/{id}")
async def get_legal_document(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
) -> Response:
    """A document of a proceeding, to save."""
    found = await legal_document(session, id)
    if found is None:
        raise AttachmentNotFound(str(id))
    content = await fetch(settings().attachment_dir, found.stored, id)
    return saved_file(content, found.media_type, found.file_name)


@router.get("/legal-hearings")
async def get_coming_hearings(
    caller: Desk,
    session: Read,
    now: Now,
    until: Annotated[Day | None, Query(description="the last day; all days without it")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ComingHearingsAnswer:
    """Hearings of open proceedings of which nobody noted what came, the next first."""
    after = keys_of(cursor, date.fromisoformat)
    found = await store.coming_hearings(session, until, now, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda one: (one.heard_on, one.id))
    return ComingHearingsAnswer(
        items=[ComingHearingAnswer.model_validate(one) for one in page], next_cursor=behind
    )
