"""Take money down, and have it said why it is not what was due if the branch asks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.field_notes.causes import store
from collection.field_notes.causes.record_cause import Subject, add_cause
from collection.field_notes.disposition import GivenCause
from collection.field_notes.errors import CauseMissing
from collection.field_notes.next_actions.watch_cases import NO_CAUSE
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Topic
from collection.receipts.collect import Collected, collect
from collection.receipts.collect_at_desk import DeskReport, collect_at_desk
from collection.receipts.receipt import Receipt
from collection.receipts.report import ReceiptReport
from core.clock import local_day
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.alerts import raise_alert
from data.session import Session


@dataclass(frozen=True, slots=True)
class Explained:
    """A receipt, and whether it is still to be said why it is not what was due."""

    receipt: Receipt
    asks_cause: bool


async def collect_explained(
    session: Session,
    agent_id: UUID,
    report: ReceiptReport,
    given: GivenCause | None,
    now: datetime,
    *,
    was_offline: bool,
) -> Explained:
    """Take a receipt down with its cause; raises as `collect`, and `CauseMissing`.

    Money that was taken while the phone `was_offline` is kept whatever is missing, or is no cause
    of the list, with an alert.
    """
    collected = await collect(session, agent_id, report, now)
    if given is None and (known := known_of(collected)):
        return known
    is_fact = was_offline or report.offline is not None
    taken = collected.receipt
    return await _explain(session, taken, given, agent_id, agent_id, now, is_fact=is_fact)


def known_of(collected: Collected) -> Explained | None:
    """What is known without a question of a receipt that came without a cause: of one that is new
    all, but where the branch takes none without."""
    taken, due, policies = collected.receipt, collected.demanded, collected.policies
    # With nothing left of the account's demands nothing is short, and nobody is asked for more.
    if not taken.outstanding.amount_minor and not taken.is_over:
        return Explained(taken, asks_cause=False)
    if due is None or policies is None or policies.receipt_cause == "required":
        return None
    is_off = taken.amount < due or taken.is_over
    return Explained(taken, asks_cause=is_off and policies.receipt_cause == "asked")


async def collect_at_desk_explained(
    session: Session,
    staff_id: UUID,
    branch_id: UUID,
    report: DeskReport,
    given: GivenCause | None,
    now: datetime,
) -> Explained:
    """The same at the counter; raises as `collect_at_desk`, and `CauseMissing`."""
    taken = await collect_at_desk(session, staff_id, branch_id, report, now)
    return await _explain(session, taken, given, staff_id, None, now, is_fact=False)


async def _explain(
    session: Session,
    taken: Receipt,
    given: GivenCause | None,
    by: UUID,
    agent_id: UUID | None,
    now: datetime,
    *,
    is_fact: bool,
) -> Explained:
    # With nothing left of the account's demands nothing is short, and nobody is asked for more.
    if given is None and not taken.outstanding.amount_minor and not taken.is_over:
        return Explained(taken, asks_cause=False)
    asked = await store.receipt_to_ask(session, taken.id)
    is_new = taken.received_at == now
    if given and await _is_kept(session, asked, given, by, agent_id, now, is_fact=is_fact):
        return Explained(taken, asks_cause=False)
    if asked.asks == "off" or not (asked.paid < asked.demanded or taken.is_over):
        return Explained(taken, asks_cause=False)
    if asked.asks == "required" and is_new:
        if not is_fact:
            day = local_day(taken.taken_at, asked.zone)
            values = await value_list(session, asked.branch_id, Topic.CAUSE, day)
            leaves = [(value.code, value.label) for value in values.leaves(day)]
            raise CauseMissing("cause", asked.demanded, asked.paid, tuple(leaves))
        await raise_alert(
            session,
            asked.branch_id,
            NO_CAUSE,
            agent_id or asked.branch_id,
            say(
                "A payment of {agent} came in without a root cause",
                agent=asked.agent or say("the desk"),
            ),
            say(
                "Another amount was paid than was due, and the phone was offline. Ask why, and note"
                " it."
            ),
            now,
            agent_id=agent_id,
            case_id=taken.case_id,
        )
    return Explained(taken, asks_cause=asked.cause_id is None)


async def _is_kept(
    session: Session,
    asked: store.ReceiptToAsk,
    given: GivenCause,
    by: UUID,
    agent_id: UUID | None,
    now: datetime,
    *,
    is_fact: bool,
) -> bool:
    """Open the cause that came along; False where a fact brings one that the list does not have.
    One of a receipt that is what was due, or of which somebody said it already, says nothing."""
    if asked.cause_id is not None or asked.paid == asked.demanded:
        return True
    subject = Subject(
        asked.case_id, asked.branch_id, asked.demanded, asked.paid,
        local_day(asked.taken_at, asked.zone), receipt_id=asked.receipt_id,
    )  # fmt: skip
    try:
        await add_cause(session, new_id(), subject, given, by, agent_id, b"", now)
    except InvalidField:
        if not is_fact:
            raise
        return False
    return True
