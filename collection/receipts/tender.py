"""The notes and coins that a customer handed over for a receipt, and what went back to them."""

from dataclasses import dataclass, replace

from collection.custody.denominations import Denomination, known_faces, total_of
from core.errors import InvalidField
from core.money import Money
from core.said import say


@dataclass(frozen=True, slots=True)
class Tender:
    """What was handed over, highest face first, and the change that was given back."""

    denominations: tuple[Denomination, ...]
    change: Money


def checked_tender(tender: Tender, amount: Money, *, is_cash: bool) -> Tender:
    """A tender that makes an amount exactly once its change is taken off.

    Raises `InvalidField` naming what is wrong: another mode than cash, a face that the currency
    does not have, change in another currency, or a sum that differs.
    """
    if not is_cash:
        raise InvalidField("denominations", say("nothing: only cash is counted"))
    if tender.change.currency != amount.currency:
        raise InvalidField(
            "change.currency", say("{currency}, as the amount", currency=amount.currency)
        )
    kept = known_faces(tender.denominations, amount.currency)
    total = Money(total_of(kept), amount.currency)
    if total != amount + tender.change:
        expected = say(
            "{amount} with {change} of change; these make {total}",
            amount=amount,
            change=tender.change,
            total=total,
        )
        raise InvalidField("denominations", expected)
    return replace(tender, denominations=kept)
