"""The customer's own loan card: whether a receipt was written into it, and where."""

from dataclasses import dataclass

from core.said import say

NOT_ENTERED = "loan_card_not_entered"
"""Flags a receipt that is not on the customer's card."""


@dataclass(frozen=True, slots=True)
class LoanCard:
    """Where on the card a receipt stands (``page 2, line 7``), or why it does not.

    Exactly one of the two is told; raises ValueError otherwise.
    """

    place: str | None
    missing_because: str | None

    def __post_init__(self) -> None:
        if (self.place is None) == (self.missing_because is None):
            raise ValueError(say("tell where on the card it stands, or why it does not"))

    @property
    def flags(self) -> tuple[str, ...]:
        """What is odd about it."""
        return () if self.missing_because is None else (NOT_ENTERED,)
