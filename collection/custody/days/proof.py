"""The daily proof of an agent's cash, and the trial balance, as values."""

from dataclasses import dataclass
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class AgentProof:
    """An agent's cash of one booked day, from the journal.

    `opening` + `receipts` − `reversed` − `deposits` + `sent_back` + `taken_over` − `handed_over` =
    `closing`. `from_facts` is what the receipts, deposits and handovers booked up to that day
    leave; `in_till` is the till now, where no later day is booked, else None.
    """

    agent_id: UUID
    agent: str
    opening: Money
    receipts: Money
    reversed: Money
    deposits: Money
    sent_back: Money
    taken_over: Money
    handed_over: Money
    closing: Money
    from_facts: Money
    in_till: Money | None

    @property
    def difference(self) -> Money:
        """What cannot be explained: nothing, when the day proves."""
        moved = self.opening + self.receipts - self.reversed - self.deposits + self.sent_back
        moved += self.taken_over - self.handed_over
        for other in (moved, self.from_facts, self.in_till):
            if other is not None and other != self.closing:
                return self.closing - other
        return Money(0, self.closing.currency)

    @property
    def proves(self) -> bool:
        """Whether everything agrees."""
        return self.difference.amount_minor == 0


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """A ledger account of a branch at the end of a day: what was debited more than credited."""

    account: str
    currency: str
    debit_minor: int
    credit_minor: int
    balance_minor: int
