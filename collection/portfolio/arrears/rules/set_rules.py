"""Set to whom a branch, and those below it, may offer to pay arrears in parts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from collection.portfolio.arrears.rules import store
from collection.portfolio.arrears.rules.rule import ArrearsRule
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def set_rules(
    session: Session, branch_id: UUID, rules: Sequence[ArrearsRule], by: UUID, now: datetime
) -> None:
    """Have these rules hold for offers from now on, in place of a branch's own ones; without any,
    nobody is offered a plan. Raises `InvalidField` for product types that are none."""
    named = {code for rule in rules for code in rule.product_types}
    unknown = named - await store.known_product_types(session, named)
    if unknown:
        told = ", ".join(sorted(unknown))
        raise InvalidField("product_types", say("codes of product types; not {told}", told=told))
    await store.put_rules(session, branch_id, rules, by, now)
