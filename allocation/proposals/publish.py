"""Publish a proposal of owners as a whole, or put it aside."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allocation import store as allocation
from allocation.errors import ProposalOvertaken, ProposalSettled
from allocation.owners.move import Order, Refusal, Terms
from allocation.owners.move_cases import move_cases
from allocation.proposals import store
from allocation.proposals.proposal import Outcome, Proposal, ProposedChange
from allocation.proposals.read import proposal_of, seen
from data.session import Session

HYPOTHETICAL = "its agent, or the case itself, exists in the scenario only"


async def publish(
    session: Session,
    proposal_id: UUID,
    by: UUID,
    now: datetime,
    *,
    skip_overtaken: bool,
    revision: int | None = None,
) -> tuple[Proposal, tuple[Refusal, ...]]:
    """Carry out all changes of a proposal, or none; and what was left out.

    Where a case has changed hands since, or its agent may not have it any more, nothing changes
    and the rows are named; with `skip_overtaken` the others are carried out. What exists in a
    scenario only is always left out. Published already, nothing happens. With `revision`, only what
    the caller saw is published. Raises `ProposalNotFound`, `ProposalSettled`,
    `ProposalChangedMeanwhile` or `ProposalOvertaken`.
    """
    # 1. What is to happen; nobody else changes the proposal, nor the branches' owners.
    found = await proposal_of(session, proposal_id, lock=True)
    if found.state == "published":
        return found, ()
    if found.state != "open":
        raise ProposalSettled(str(proposal_id), found.state)
    seen(found, revision)
    for branch_id in sorted(found.branch_ids):
        await allocation.lock_allocation(session, branch_id)
    changes = await store.changes(session, proposal_id)
    # 2. What can be, on its own terms.
    refused: list[Refusal] = []
    for terms, orders in _together(changes).items():
        refused += (await move_cases(session, orders, terms, by, now)).refused
    if refused and not skip_overtaken:
        raise ProposalOvertaken(str(proposal_id), _named(changes, refused))
    # 3. What became of each.
    refused += [
        Refusal(change.case_id, "hypothetical", HYPOTHETICAL)
        for change in changes
        if change.hypothetical
    ]
    outcomes: dict[UUID, Outcome] = {change.case_id: "moved" for change in changes}
    outcomes |= {no.case_id: "left_out" for no in refused if no.case_id in outcomes}
    await store.set_outcomes(session, proposal_id, outcomes)
    await store.settle(session, proposal_id, "published", by, now)
    return await proposal_of(session, proposal_id), tuple(refused)


async def discard(session: Session, proposal_id: UUID, by: UUID, now: datetime) -> Proposal:
    """Put a proposal aside; it is kept. Discarded already, nothing happens.

    Raises `ProposalNotFound` or `ProposalSettled`.
    """
    found = await proposal_of(session, proposal_id, lock=True)
    if found.state not in ("open", "discarded"):
        raise ProposalSettled(str(proposal_id), found.state)
    if found.state == "open":
        await store.settle(session, proposal_id, "discarded", by, now)
    return await proposal_of(session, proposal_id)


def _together(changes: Sequence[ProposedChange]) -> dict[Terms, list[Order]]:
    """Orders for all that exists, those on the same terms together."""
    together: dict[Terms, list[Order]] = {}
    for change in changes:
        if change.hypothetical:
            continue
        terms = Terms(
            change.reason, pin=change.pin, pin_until=change.pin_until if change.pin else None,
            lend=change.lend, overrule=change.overrule,
        )  # fmt: skip
        order = Order(change.case_id, change.to_id, expects=True, former_id=change.from_id)
        together.setdefault(terms, []).append(order)
    return together


def _named(
    changes: Sequence[ProposedChange], refused: Sequence[Refusal]
) -> list[dict[str, str | int | None]]:
    rows = {change.case_id: change.row for change in changes}
    return [
        {"row": rows.get(no.case_id), "case_id": str(no.case_id), "detail": no.detail}
        for no in refused
    ]
