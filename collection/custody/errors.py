"""What can go wrong with cash."""

from dataclasses import dataclass
from datetime import date, datetime

from collection.custody.till import Blocked
from core.errors import Conflict, NotFound, Refused
from core.money import Money
from core.said import say


@dataclass(eq=False)
class OverCashLimit(Refused):
    """This much cash would pass your limit."""

    headroom: Money
    limit: Money
    amount: Money
    blocked_for: Blocked | None = None

    @property
    def detail(self) -> str:
        if self.blocked_for is Blocked.AGED_CASH:
            return say("Cash has been in your hands for too long. Deposit it first.")
        if self.blocked_for is Blocked.LIMIT_BREACH:
            return say("More was taken offline than was leased. Deposit first.")
        over = self.amount - self.headroom
        return say(
            "{over} over your limit of {limit}. Deposit first, or ask your supervisor.",
            over=over,
            limit=self.limit,
        )


@dataclass(eq=False)
class MoreThanInHand(Refused):
    """This is more cash than you hold."""

    in_hand: Money
    amount: Money

    @property
    def detail(self) -> str:
        return say(
            "You hold {in_hand}. Count again, and deposit that or less.",
            in_hand=self.in_hand,
        )


@dataclass(eq=False)
class NoTill(Conflict):
    """You have no till yet."""

    agent_id: str

    @property
    def detail(self) -> str:
        return say("Ask your administrator to open one, with its cash limit")


@dataclass(eq=False)
class DepositNotFound(NotFound):
    """There is no such deposit among yours."""

    deposit_id: str


@dataclass(eq=False)
class OwnDeposit(Refused):
    """Nobody acknowledges a deposit of his own."""

    deposit_id: str

    @property
    def detail(self) -> str:
        return say("Have another person count the cash and acknowledge it")


@dataclass(eq=False)
class ProvenByTheBank(Refused):
    """A deposit at the bank is proven by the bank's statement."""

    deposit_id: str

    @property
    def detail(self) -> str:
        return say("Only cash brought to the branch is counted and acknowledged here")


@dataclass(eq=False)
class ProvenByACount(Refused):
    """A deposit at the branch is proven by counting it."""

    deposit_id: str

    @property
    def detail(self) -> str:
        return say("Only cash that was paid in at a bank can be on its statement")


@dataclass(eq=False)
class MoreThanInTransit(Refused):
    """This is more than is still to be proven of the deposit."""

    deposit_id: str
    left: Money
    amount: Money

    @property
    def detail(self) -> str:
        return say("{left} of it is still in transit: match that or less", left=self.left)


@dataclass(eq=False)
class AlreadyAcknowledged(Conflict):
    """This deposit was acknowledged already."""

    deposit_id: str
    acknowledged_at: datetime | None

    @property
    def detail(self) -> str:
        if self.acknowledged_at is None:
            return say("The bank's statement shows it: take back that match first")
        return say("Another person has counted it, and the ledger has it in the vault")


@dataclass(eq=False)
class AlreadyRejected(Conflict):
    """This deposit was sent back already."""

    deposit_id: str
    rejected_at: datetime

    @property
    def detail(self) -> str:
        return say("The cash is in the agent's hands again; it takes a new deposit")


@dataclass(eq=False)
class DifferenceNotFound(NotFound):
    """There is no such difference in your branches."""

    difference_id: str


@dataclass(eq=False)
class OwnDifference(Refused):
    """Nobody settles a difference of his own, or writes off one that he found."""

    difference_id: str

    @property
    def detail(self) -> str:
        return say("Have another person settle it")


@dataclass(eq=False)
class AlreadySettled(Conflict):
    """This difference was settled already."""

    difference_id: str
    settled_at: datetime


@dataclass(eq=False)
class LeaseOpen(Conflict):
    """You hold an offline lease already."""

    lease_id: str
    left: Money

    @property
    def detail(self) -> str:
        return say("Send its receipts and return it; then ask for the next one")


@dataclass(eq=False)
class LeaseNotFound(NotFound):
    """There is no such offline lease of yours."""

    lease_id: str


@dataclass(eq=False)
class LeaseNumberTaken(Conflict):
    """Another receipt has this provisional number."""

    lease_id: str
    number: int

    @property
    def detail(self) -> str:
        return say("Each receipt of a lease has its own number: 1, 2, 3 …")


@dataclass(eq=False)
class HandoverNotFound(NotFound):
    """There is no such handover for you to settle."""

    handover_id: str


@dataclass(eq=False)
class HandoverSettled(Conflict):
    """This handover has ended already."""

    handover_id: str
    state: str

    @property
    def detail(self) -> str:
        return say("It was {state}; it takes a new offer", state=self.state)


@dataclass(eq=False)
class HandoverDiffers(Conflict):
    """Your two phones do not tell the same of this handover."""

    handover_id: str
    given: Money
    taken: Money

    @property
    def detail(self) -> str:
        return say(
            "{given} was given by one, {taken} taken by the other; count together, and "
            "tell the office",
            given=self.given,
            taken=self.taken,
        )


@dataclass(eq=False)
class GiverHoldsLess(Refused):
    """Your colleague holds less than this now."""

    handover_id: str

    @property
    def detail(self) -> str:
        return say("Part of it went elsewhere since it was offered; ask for a new offer")


@dataclass(eq=False)
class LaterDayClosed(Conflict):
    """A later day of this branch is closed already."""

    closed_to: date

    @property
    def detail(self) -> str:
        return say("Days are closed in order; all up to {closed_to} are", closed_to=self.closed_to)


@dataclass(eq=False)
class DayClosed(Refused):
    """The day on which this was taken is closed."""

    closed_to: date

    @property
    def detail(self) -> str:
        return say("Send when it was really taken; cash taken offline says under which lease")


@dataclass(eq=False)
class DayDoesNotProve(Refused):
    """The day cannot be closed while its cash does not prove."""

    agents: list[str]
    trial_balance_minor: dict[str, int]

    @property
    def detail(self) -> str:
        if self.agents:
            return say("Look at the proof of {agents} first", agents=", ".join(self.agents))
        return say("The accounts do not add up to nothing: call whoever runs the installation")


@dataclass(eq=False)
class CountNotFound(NotFound):
    """There is no such count for you to confirm."""

    count_id: str


@dataclass(eq=False)
class MoreThanInVault(Refused):
    """This is more cash than the vault holds."""

    in_vault: Money
    amount: Money

    @property
    def detail(self) -> str:
        return say(
            "The ledger has {in_vault} there; count the vault first",
            in_vault=self.in_vault,
        )
