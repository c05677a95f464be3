"""One customer with everything that is theirs, in one call."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from api.agents.cases import AddressAnswer
from api.cursor import Cursor, Limit, keys_of
from api.deps import Caring, Desk, Now, Read, Tx
from api.desk.cases import TimelineAnswer, timeline_answer
from api.limits import RequestLimits
from api.numbers import Number
from api.problems import of_domain_error
from api.routing import Router
from api.schemas import Answer, Body, Instant, MoneyAnswer
from collection.errors import CustomerNotFound
from collection.gate.kinds import Party
from collection.portfolio.customers.call import number_to_call
from collection.portfolio.customers.exposure import exposure_of
from collection.portfolio.customers.overlays.errors import CallBarred
from collection.portfolio.customers.store import accounts, contacts, places, records
from collection.portfolio.stages.stage import Closure, Stage
from collection.portfolio.timeline.store import timeline
from data import limits
from identity.errors import TooManyRequests
from identity.permission import Permission
from identity.principal import Role

router = Router(prefix="/v1", tags=["desk: customers"])

LATEST = 50
CALLS = limits.Limit("calls", burst=30, every_s=60)
"""Nobody takes a list of numbers out by calling them."""


class CustomerRecordAnswer(Answer):
    """A record of the source; `merged_into` is the one that it is seen as part of."""

    id: UUID
    source_ref: str
    name: str
    phone: Number | None
    language: str | None
    branch: str
    merged_into: UUID | None


class AccountCaseAnswer(Answer):
    """An account with the work on it."""

    account_id: UUID
    case_id: UUID | None
    customer_id: UUID
    source_ref: str
    product_code: str
    principal_outstanding: MoneyAnswer
    outstanding: MoneyAnswer
    overdue: MoneyAnswer
    stage: Stage | None
    closure: Closure | None
    bucket: str | None
    dpd: int | None
    agent: str | None


class ContactAnswer(Answer):
    """A number or an e-mail address: the source's, without an id, or one that was added."""

    id: UUID | None
    customer_id: UUID
    kind: str
    value: Number
    relation: str
    party: Annotated[Party, Field(description="what contact rules take them for")]
    person_name: str | None
    provenance: str
    added_at: Instant | None
    added_by: UUID | None
    verified_at: Instant | None
    excluded: Annotated[list[str], Field(description="words that keep it from being used today")]


class PlaceAnswer(Answer):
    """An address and where it came from."""

    id: UUID
    address: AddressAnswer
    provenance: str


class ExposureAnswer(Answer):
    """What a customer owes in one currency."""

    principal_outstanding: MoneyAnswer
    outstanding: MoneyAnswer
    overdue: MoneyAnswer


class CustomerAnswer(Answer):
    """A customer: the record first, then those that are seen as one with it; all accounts,
    contacts and addresses, those who answer for them, and what happened last."""

    records: list[CustomerRecordAnswer]
    accounts: list[AccountCaseAnswer]
    contacts: list[ContactAnswer]
    guarantors: list[ContactAnswer]
    addresses: list[PlaceAnswer]
    exposure: list[ExposureAnswer]
    timeline: TimelineAnswer


@router.get("/customers/{id}")
async def get_customer(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
    now: Now,
) -> CustomerAnswer:
    """One customer: accounts, contacts, addresses, guarantors, exposure, and the latest events."""
    known = await records(session, id)
    if not known:
        raise CustomerNotFound(str(id))
    ids = [record.id for record in known]
    held = await accounts(session, ids)
    reached = [ContactAnswer.model_validate(c) for c in await contacts(session, ids, now.date())]
    events = await timeline(
        session, [a.case_id for a in held if a.case_id], after=None, limit=LATEST + 1
    )
    return CustomerAnswer(
        records=[CustomerRecordAnswer.model_validate(record) for record in known],
        accounts=[AccountCaseAnswer.model_validate(account) for account in held],
        contacts=[c for c in reached if c.party is not Party.GUARANTOR],
        guarantors=[c for c in reached if c.party is Party.GUARANTOR],
        addresses=[PlaceAnswer.model_validate(place) for place in await places(session, ids)],
        exposure=[ExposureAnswer.model_validate(each) for each in exposure_of(held)],
        timeline=timeline_answer(list(events), LATEST),
    )


class CallBody(Body):
    """Which number: that of an added contact, or else the source's own."""

    contact_id: UUID | None = None


@router.post("/cases/{id}/call", status_code=204)
async def post_call(
    id: UUID,  # noqa: A002
    body: CallBody,
    caller: Caring,
    session: Tx,
    now: Now,
    request: Request,
) -> Response:
    """Call a case's customer: the header `Location` is what to dial, for the caller's own telephone
    to open (`tel:+56…`), and the call counts among the contacts. Where the contact rules allow none
    now the answer is 409 and says why, which is kept.
    For who may not see whole numbers it is one at a time, 30 at once and one more a minute; each is
    on the audit trail."""
    agent_id = caller.id if caller.role is Role.AGENT else None
    number = await number_to_call(session, id, body.contact_id, agent_id, now)
    if isinstance(number, CallBarred):
        return of_domain_error(number)  # not raised: the refusal is committed
    if Permission.NUMBERS_SEE not in caller.permissions:
        counted: RequestLimits = request.app.state.request_limits
        wait_s = await counted.counts.take(CALLS.of(str(caller.id)))
        if wait_s:
            raise TooManyRequests(int(wait_s) + 1, "account")
    return Response(status_code=204, headers={"Location": f"tel:{number}"})


@router.get("/customers/{id}/timeline")
async def get_timeline(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> TimelineAnswer:
    """All that happened on a customer's cases, the newest first."""
    known = await records(session, id)
    if not known:
        raise CustomerNotFound(str(id))
    held = await accounts(session, [record.id for record in known])
    after = keys_of(cursor, datetime.fromisoformat)
    events = await timeline(
        session, [a.case_id for a in held if a.case_id], after=after, limit=limit + 1
    )
    return timeline_answer(list(events), limit)
