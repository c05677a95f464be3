"""The notes and coins that a customer handed over for a receipt, and what went back to them."""

from dataclasses import dataclass, replace

from collection.custody.amount_text import amount_text
from collection.custody.denominations import Denomination, known_faces, total_of
from core.errors import InvalidField
from core.money import Money


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
        raise InvalidField("denominations", "nothing: only cash is counted")
    if tender.change.currency != amount.currency:
        raise InvalidField("change.currency", f"{amount.currency}, as the amount")
    kept = known_faces(tender.denominations, amount.currency)
    total = Money(total_of(kept), amount.currency)
    if total != amount + tender.change:
        expected = (
            f"{amount_text(amount)} with {amount_text(tender.change)} of change;"
            f" these make {amount_text(total)}"
        )
        raise InvalidField("denominations", expected)
    return replace(tender, denominations=kept)
