"""Payments whose case went to another agent before the phone could send them."""

from dataclasses import replace
from uuid import UUID

from collection.errors import CaseNotFound
from collection.receipts.meanwhile import store
from collection.receipts.report import ReceiptReport
from data.session import Session

HANDED_ON = "handed_on"
"""Flags a payment that was taken while the case was the agent's, and sent when it no longer was."""


async def as_handed_on(session: Session, report: ReceiptReport) -> tuple[ReceiptReport, UUID]:
    """The report, flagged, and the branch in whose sight it is to be taken down: the money was
    taken, whoever has the case now, of this branch or of the one that had lent it.

    The session is the agent's. Raises `CaseNotFound` unless the case was the agent's at `taken_at`.
    """
    branch_id = await store.branch_of_former(session, report.case_id, report.taken_at)
    if branch_id is None:
        raise CaseNotFound(str(report.case_id))
    return replace(report, flags=(HANDED_ON,)), branch_id
