"""SQL of accounts and cases."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text, update

from collection.errors import CaseNotFound
from collection.portfolio.standing import Standing
from data.session import Session, rows
from data.tables.collection import CaseFile


async def head_office(session: Session) -> UUID | None:
    """The branch above all others; None before the installation is set up."""
    found = await rows(session, "SELECT id FROM branch WHERE parent_id IS NULL ORDER BY code")
    return found[0].id if found else None


async def lock_account(session: Session, account_id: UUID) -> None:
    """Have an account's figures move one fact at a time until the end."""
    await session.execute(
        text("SELECT id FROM account WHERE id = :account FOR NO KEY UPDATE"),
        {"account": account_id},
    )


async def set_standing(session: Session, account_id: UUID, standing: Standing, as_of: date) -> None:
    """Set how late a case is and how much is overdue."""
    await session.execute(
        update(CaseFile)
        .where(CaseFile.account_id == account_id)
        .values(
            dpd=standing.dpd,
            bucket=standing.bucket,
            section=standing.section.value,
            overdue_minor=standing.overdue.amount_minor,
            as_of=as_of,
        )
    )


async def set_needs(session: Session, case_id: UUID, needs: Sequence[str]) -> None:
    """Set what the agent of a case in scope must be able to do. Raises `CaseNotFound`."""
    found = await rows(
        session,
        "UPDATE case_file SET needs = :needs WHERE id = :case RETURNING id",
        case=case_id,
        needs=list(needs),
    )
    if not found:
        raise CaseNotFound(str(case_id))
