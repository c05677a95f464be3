"""What came of the agent's contacts, and why less was paid."""

from api.deps import Agent, Now, Read, Tx
from api.desk.note_bodies import (
    CauseIdAnswer,
    DispositionAnswer,
    DispositionBody,
    ReceiptCauseBody,
)
from api.desk.value_lists import ValueListAnswer, list_answer
from api.routing import Router
from api.schemas import FactId
from collection.field_notes.causes.record_cause import explain_receipt
from collection.field_notes.disposition import GivenCause
from collection.field_notes.record_disposition import Noter, record_disposition
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Topic
from core.clock import local_day
from identity.store import branch_of_agent

router = Router(prefix="/v1/agent", tags=["agent: dispositions"])


@router.put("/dispositions/{id}")
async def put_disposition(
    id: FactId,  # noqa: A002
    body: DispositionBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> DispositionAnswer:
    """Note what came of a contact: the result in codes, whom it was with, and what comes next."""
    noter = Noter(agent.id, is_agent=True)
    noted = await record_disposition(
        session, noter, body.noted(id, body.happened_at), body.digest(), now
    )
    return DispositionAnswer.model_validate(noted)


@router.put("/root-causes/{id}")
async def put_root_cause(
    id: FactId,  # noqa: A002
    body: ReceiptCauseBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> CauseIdAnswer:
    """Say why a payment was less, or more, than what was due."""
    given = GivenCause(body.code, body.note)
    await explain_receipt(session, id, body.receipt_id, given, agent.id, body.digest(), now)
    return CauseIdAnswer(id=id)


@router.get("/value-lists")
async def get_value_lists(agent: Agent, session: Read, now: Now) -> list[ValueListAnswer]:
    """What can be chosen for contacts and causes today: a list for each topic."""
    branch = await branch_of_agent(session, agent.id)
    day = local_day(now, branch.zone)
    return [list_answer(await value_list(session, agent.branch_id, topic, day)) for topic in Topic]
