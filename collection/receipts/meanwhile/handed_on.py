"""Payments whose case went to another agent before the phone could send them."""

from dataclasses import replace
from uuid import UUID

from collection.errors import CaseNotFound
from collection.receipts.collect import ReceiptReport
from collection.receipts.meanwhile import store
from data.session import Session

HANDED_ON = "handed_on"
"""Flags a payment that was taken while the case was the agent's, and sent when it no longer was."""


async def as_handed_on(session: Session, agent_id: UUID, report: ReceiptReport) -> ReceiptReport:
    """The report, flagged, for a session that sees the branch: the money was taken, whoever has the
    case now. Raises `CaseNotFound` unless the case was this agent's at `taken_at`."""
    if not await store.was_with(session, report.case_id, agent_id, report.taken_at):
        raise CaseNotFound(str(report.case_id))
    return replace(report, flags=(HANDED_ON,))
