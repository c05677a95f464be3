"""What a branch's day leaves open when it is closed."""

from dataclasses import dataclass
from enum import StrEnum

from core.money import Money


class Left(StrEnum):
    """What somebody still has to do.

    Count deposits, find those at a bank on its statement, settle a shortage or an excess, count
    what a colleague offers, decide on a reversal or a refund, confirm the vault that was handed
    over, or count it as the day closes.
    """

    TO_COUNT = "to_count"
    AT_BANK = "at_bank"
    SHORTAGE = "shortage"
    EXCESS = "excess"
    HANDOVER = "handover"
    REVERSAL = "reversal"
    REFUND = "refund"
    VAULT_UNCONFIRMED = "vault_unconfirmed"
    VAULT_UNCOUNTED = "vault_uncounted"


@dataclass(frozen=True, slots=True)
class StillOpen:
    """How many of a kind are open with one person, and what they come to.

    `who` brought, owes, offers, asked or hands over. A vault that nobody has counted has nobody and
    no amount.
    """

    left: Left
    who: str | None
    count: int
    amount: Money | None
