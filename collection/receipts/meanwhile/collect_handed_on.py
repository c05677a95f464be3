"""Take down a payment whose case went to another agent before the phone could send it."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from collection.errors import CaseNotFound
from collection.receipts.collect import ReceiptReport, collect
from collection.receipts.meanwhile import store
from collection.receipts.receipt import Receipt
from data.session import Session

HANDED_ON = "handed_on"
"""Flags a payment that was taken while the case was the agent's, and sent when it no longer was."""


async def collect_handed_on(
    session: Session, agent_id: UUID, report: ReceiptReport, now: datetime
) -> Receipt:
    """As `collect`, in a session that sees the branch: the money was taken, whoever has the case.

    Raises as `collect`, and `CaseNotFound` unless the case was this agent's at `taken_at`.
    """
    if not await store.was_with(session, report.case_id, agent_id, report.taken_at):
        raise CaseNotFound(str(report.case_id))
    return await collect(session, agent_id, replace(report, flags=(HANDED_ON,)), now)
