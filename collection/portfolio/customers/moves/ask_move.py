"""Ask that a customer become another branch's."""

from datetime import datetime
from uuid import UUID

from collection.errors import CustomerNotFound
from collection.portfolio.customers.moves import store
from collection.portfolio.customers.moves.errors import MoveAsked
from collection.portfolio.customers.moves.move import CustomerMove
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session


async def ask_move(
    session: Session, customer_id: UUID, to_branch: str, reason: str, by: UUID, now: datetime
) -> CustomerMove:
    """Ask that a customer in scope move to the branch of that code; nothing moves yet.

    Raises `CustomerNotFound`, `InvalidField` or `MoveAsked`.
    """
    customer = await store.customer(session, customer_id)
    if customer is None:
        raise CustomerNotFound(str(customer_id))
    target = await store.branch_called(session, to_branch)
    if target is None or target.id == customer.branch_id:
        raise InvalidField("to_branch", say("the code of another branch"))
    if target.currency != customer.currency:
        raise InvalidField(
            "to_branch",
            say("a branch in {currency}, as the accounts are", currency=customer.currency),
        )
    if customer.is_merged:
        raise InvalidField(
            "customer_id", say("a record that is not merged with another; undo that")
        )
    move_id = new_id()
    if not await store.add(session, move_id, customer_id, target, reason, by, now):
        raise MoveAsked(str(await store.open_move_of(session, customer_id)))
    asked = await store.move(session, move_id)
    assert asked is not None
    return asked
