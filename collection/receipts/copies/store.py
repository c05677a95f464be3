"""SQL of customers' copies of receipts."""

from uuid import UUID

from collection.receipts.copies.copy import ReceiptCopy
from collection.receipts.receipt import Number
from core.money import Money
from data.session import Session, rows
from identity.policies.policy import DEFAULTS


async def copy_of(session: Session, receipt_id: UUID) -> ReceiptCopy | None:
    """The customer's copy of a receipt in scope."""
    found = await rows(
        session,
        """
        SELECT r.*, q.prefix, l.prefix AS lease, b.name AS lender, b.zone, u.full_name, u.language,
               a.source_ref, s.full_name AS taken_by_name,
               coalesce((branch_policy(b.id, 'receipt_link_days'))::int, :days) AS link_days,
               EXISTS (SELECT FROM receipt_reversal v
                       WHERE v.receipt_id = r.id AND v.state = 'approved') AS is_undone
        FROM receipt r JOIN receipt_series q ON q.id = r.series_id
        JOIN branch b ON b.id = r.branch_id JOIN account a ON a.id = r.account_id
        JOIN customer u ON u.id = a.customer_id
        LEFT JOIN offline_lease l ON l.id = r.lease_id
        LEFT JOIN staff s ON s.id = coalesce(r.agent_id, r.taken_by)
        WHERE r.id = :id
        """,
        id=receipt_id,
        days=DEFAULTS["receipt_link_days"],
    )
    if not found:
        return None
    r = found[0]
    over = Money(r.advance_minor + r.suspense_minor, r.currency)
    amount = Money(r.amount_minor, r.currency)
    return ReceiptCopy(
        r.id, r.case_id, Number(r.series_id, r.prefix, r.number),
        None if r.lease is None else f"{r.lease}-{r.lease_number:03d}", r.lender, r.full_name,
        r.source_ref, r.language, r.zone, amount, amount - over, over,
        Money(r.outstanding_minor, r.currency), r.mode, r.mode_reference, r.taken_at,
        r.received_at, r.taken_by_name, r.is_undone, r.link_days,
    )  # fmt: skip


async def message_channel(session: Session, branch_id: UUID) -> str:
    """By what a branch sends receipts: ``off``, ``sms``, ``whatsapp`` or ``email``."""
    found = await rows(
        session,
        "SELECT coalesce(branch_policy(:branch, 'receipt_message') #>> '{}', 'off') AS channel",
        branch=branch_id,
    )
    channel: str = found[0].channel
    return channel
