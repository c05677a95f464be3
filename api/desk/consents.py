"""What customers consent to."""

from datetime import date
from uuid import UUID

from api.deps import Desk, Now, Read, Tx
from api.desk.additions import IdAnswer
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Moment, Text
from collection.privacy.consents import store
from collection.privacy.consents.consent import Basis, Purpose
from collection.privacy.consents.record_consent import record_consent, withdraw_consent
from collection.privacy.store import branch_of

router = Router(prefix="/v1", tags=["desk: customers"])


class ConsentBody(Body):
    """What the data may be used for, on what basis, and what shows it."""

    purpose: Purpose
    basis: Basis = Basis.CONSENT
    evidence: Text
    given_at: Moment
    last_day: Day | None = None


class ConsentAnswer(Answer):
    """A consent, as long as it stood."""

    id: UUID
    purpose: Purpose
    basis: Basis
    evidence: str
    given_at: Instant
    last_day: date | None
    recorded_by: UUID
    withdrawn_at: Instant | None
    withdrawn_by: UUID | None


@router.get("/customers/{id}/consents")
async def get_consents(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
) -> list[ConsentAnswer]:
    """All that a customer has consented to, what was withdrawn as well, the newest first."""
    await branch_of(session, id)
    return [ConsentAnswer.model_validate(each) for each in await store.consents(session, id)]


@router.post("/customers/{id}/consents", status_code=201)
async def post_consent(
    id: UUID,  # noqa: A002
    body: ConsentBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> IdAnswer:
    """Record a consent. One for the same purpose that stood is withdrawn by it."""
    consent_id = await record_consent(
        session, id, body.purpose, body.basis, body.evidence, body.given_at, body.last_day,
        caller.id, now,
    )  # fmt: skip
    return IdAnswer(id=consent_id)


@router.post("/consents/{id}/withdraw", status_code=204)
async def post_withdraw(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Tx,
    now: Now,
) -> None:
    """Note that the customer has withdrawn it."""
    await withdraw_consent(session, id, caller.id, now)
