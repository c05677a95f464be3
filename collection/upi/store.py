"""SQL of whom UPI payments of an account go to."""

from dataclasses import dataclass
from uuid import UUID

from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class UpiAccount:
    """An account in scope with what a UPI link of it needs; `payee_vpa` empty where none is set."""

    account: str
    currency: str
    overdue_minor: int
    branch: str
    payee_vpa: str
    payee_name: str


async def account_to_pay(session: Session, account_id: UUID) -> UpiAccount | None:
    """An account whose case is in scope."""
    found = await rows(
        session,
        """
        SELECT a.source_ref, a.currency, c.overdue_minor, b.code,
               coalesce(branch_policy(b.id, 'upi_payee_vpa') #>> '{}', ''),
               coalesce(nullif(branch_policy(b.id, 'upi_payee_name') #>> '{}', ''), b.name)
        FROM case_file c JOIN account a ON a.id = c.account_id JOIN branch b ON b.id = c.branch_id
        WHERE a.id = :account
        """,
        account=account_id,
    )
    return UpiAccount(*found[0]) if found else None
