"""Ask for a payment by UPI: for what is due on an account, or for a receipt that waits for it."""

from dataclasses import dataclass
from uuid import UUID

from collection.upi import store
from collection.upi.errors import AccountNotFound, NothingDue, NoUpiPayee
from collection.upi.link import UpiRequest, note_of, reference_of, upi_link
from collection.upi.qr import qr_svg
from core.money import Money
from data.session import Session


@dataclass(frozen=True, slots=True)
class UpiAsked:
    """A UPI link, the same as a QR code, and what stands in it."""

    request: UpiRequest
    link: str
    qr_svg: str


async def ask_by_upi(
    session: Session, account_id: UUID, amount_minor: int | None, receipt_id: UUID | None
) -> UpiAsked:
    """A link for `amount_minor`, else for all that is overdue.

    With the id of a receipt that waits, the reference is that id, so the bank's statement leads to
    the receipt. Raises `AccountNotFound`, `NoUpiPayee`, `NothingDue` or `InvalidField`.
    """
    account = await store.account_to_pay(session, account_id)
    if account is None:
        raise AccountNotFound(str(account_id))
    if not account.payee_vpa:
        raise NoUpiPayee(account.branch)
    if amount_minor is None and not account.overdue_minor:
        raise NothingDue(account.account)
    request = UpiRequest(
        account.payee_vpa,
        account.payee_name,
        Money(amount_minor or account.overdue_minor, account.currency),
        receipt_id.hex if receipt_id else reference_of(account.account),
        note_of(f"Account {account.account}"),
    )
    link = upi_link(request)
    return UpiAsked(request, link, qr_svg(link).decode())
