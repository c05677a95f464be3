"""Publish a proposal of owners as a whole, or put it aside."""

from datetime import datetime
from uuid import UUID

from allocation.errors import ProposalNotFound, ProposalOvertaken, ProposalSettled
from allocation.owners.move import Order, Refusal, Terms
from allocation.owners.move_cases import move_cases
from allocation.proposals import store
from data.session import Session


async def publish(
    session: Session, proposal_id: UUID, by: UUID, now: datetime, *, skip_overtaken: bool
) -> tuple[store.Proposal, tuple[Refusal, ...]]:
    """Carry out all changes of a proposal, or none.

    Where a case has changed hands since, or its agent may not have it any more, nothing changes
    and the rows are named; with `skip_overtaken` the others are carried out. Published already,
    nothing happens. Raises `ProposalNotFound`, `ProposalSettled` or `ProposalOvertaken`.
    """
    found = await store.proposal(session, proposal_id, lock=True)
    if found is None:
        raise ProposalNotFound(str(proposal_id))
    if found.state == "published":
        return found, ()
    if found.state != "open":
        raise ProposalSettled(str(proposal_id), found.state)
    # Those on the same terms go together.
    together: dict[Terms, list[Order]] = {}
    for change in found.changes:
        until = change["pin_until"]
        terms = Terms(
            change["reason"], pin=change["pin"],
            pin_until=datetime.fromisoformat(until) if until and change["pin"] else None,
        )  # fmt: skip
        order = Order(UUID(change["case_id"]), _id(change["to_id"]), True, _id(change["from_id"]))
        together.setdefault(terms, []).append(order)
    refused: list[Refusal] = []
    for terms, orders in together.items():
        refused += (await move_cases(session, orders, terms, by, now)).refused
    if refused and not skip_overtaken:
        raise ProposalOvertaken(str(proposal_id), _named(found, refused))
    await store.settle(session, proposal_id, "published", by, now)
    settled = await store.proposal(session, proposal_id)
    assert settled is not None
    return settled, tuple(refused)


async def discard(session: Session, proposal_id: UUID, by: UUID, now: datetime) -> store.Proposal:
    """Put a proposal aside; it is kept. Discarded already, nothing happens.

    Raises `ProposalNotFound` or `ProposalSettled`.
    """
    found = await store.proposal(session, proposal_id, lock=True)
    if found is None:
        raise ProposalNotFound(str(proposal_id))
    if found.state == "published":
        raise ProposalSettled(str(proposal_id), found.state)
    if found.state == "open":
        await store.settle(session, proposal_id, "discarded", by, now)
    settled = await store.proposal(session, proposal_id)
    assert settled is not None
    return settled


def _id(told: str | None) -> UUID | None:
    return UUID(told) if told else None


def _named(proposal: store.Proposal, refused: list[Refusal]) -> list[dict[str, str | int | None]]:
    rows = {change["case_id"]: change["row"] for change in proposal.changes}
    return [
        {"row": rows.get(str(no.case_id)), "case_id": str(no.case_id), "detail": no.detail}
        for no in refused
    ]
