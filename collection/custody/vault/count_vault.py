"""Count a branch's vault: as the day opens, from one cashier to the next, as it closes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.denominations import known_faces
from collection.custody.differences.difference import Count, Sort, differences, total
from collection.custody.differences.store import add_differences, add_false_notes
from collection.custody.errors import CountNotFound
from collection.custody.ledger import vault_count_entry
from collection.custody.vault import store
from collection.custody.vault.vault_count import Occasion, VaultCount
from core.errors import IdReused, InvalidField
from core.said import say
from data.session import Session
from identity.errors import BranchNotFound


@dataclass(frozen=True, slots=True)
class CountReport:
    """What a cashier counted; `handed_by` is the cashier before, at a handover."""

    id: UUID
    branch_code: str
    occasion: Occasion
    count: Count
    handed_by: UUID | None
    body_hash: bytes


async def count_vault(
    session: Session, staff_id: UUID, report: CountReport, now: datetime
) -> VaultCount:
    """Take down a count, and have the ledger agree with it; who counted answers for it from now.

    What is missing is owed by who answered before: the cashier who hands over, or who counted
    last. The same again gets the same answer. Raises `BranchNotFound`, `IdReused` or
    `InvalidField` (faces, a handover without the cashier before).
    """
    vault = await store.lock_vault(session, report.branch_code)
    if vault is None:
        raise BranchNotFound(report.branch_code)
    known = await store.vault_count(session, report.id)
    if known:
        if known[1] != report.body_hash:
            raise IdReused("count", str(report.id))
        return known[0]
    await _check_handed_by(session, staff_id, report)
    expected, currency = vault.balance, vault.balance.currency
    good = report.count.good(currency)
    found = differences(expected, good, report.count.false(currency))
    made = VaultCount(
        report.id, vault.branch_id, report.occasion, expected, good, staff_id, report.handed_by,
        now, None,
    )  # fmt: skip
    faces = known_faces(report.count.denominations, currency)
    if not await store.add_count(session, made, faces, report.body_hash):
        raise IdReused("count", str(report.id))
    owner = report.handed_by or vault.answers_for_it
    if found:
        short, over = (total(found, sort, currency) for sort in (Sort.SHORTAGE, Sort.EXCESS))
        entry = vault_count_entry(made.id, vault.branch_id, owner or vault.branch_id, short, over)
        if entry:
            await tills.write_entry(session, vault.branch_id, entry, now)
        await add_differences(session, vault.branch_id, made.id, owner, found, staff_id, now)
        await add_false_notes(
            session, vault.branch_id, made.id, report.count, currency, staff_id, now
        )
    return made


async def confirm_count(
    session: Session, staff_id: UUID, count_id: UUID, now: datetime
) -> VaultCount:
    """Have the cashier who handed over agree with the count, once. Raises `CountNotFound`."""
    known = await store.vault_count(session, count_id, lock=True)
    if known is None or known[0].handed_by != staff_id:
        raise CountNotFound(str(count_id))
    if known[0].confirmed_at is None:
        await store.set_confirmed(session, count_id, now)
        known = await store.vault_count(session, count_id)
        assert known is not None
    return known[0]


async def _check_handed_by(session: Session, staff_id: UUID, report: CountReport) -> None:
    before, is_handover = report.handed_by, report.occasion is Occasion.HANDOVER
    if not is_handover and before is None:
        return
    others = before is not None and before != staff_id
    if not (is_handover and others and before and await store.is_cashier(session, before)):
        raise InvalidField("handed_by", say("at a handover, and only then, the cashier before"))
