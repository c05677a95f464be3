"""What may be changed so that a skipped case finds a place in a round."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from routing.planner.problem import Window


class ChangeKind(StrEnum):
    """What `Change.amount` counts stands behind each."""

    LONGER_SHIFT = "longer_shift"  # seconds more at the end
    OTHER_WINDOW = "other_window"  # nothing; `window` is what it would have to be
    DEPOSIT_ON_THE_WAY = "deposit_on_the_way"  # seconds of travel more, the case included
    HAND_IN_FIRST = "hand_in_first"  # minor units in hand, to be handed in before the round
    HIGHER_CASH_LIMIT = "higher_cash_limit"  # minor units: the limit that would do
    SKILLS = "skills"  # nothing; `needs` are those that are missing
    LIFT_BAN = "lift_ban"  # nothing
    NO_BREAK = "no_break"  # nothing: the breaks at other times
    MORE_DISTANCE = "more_distance"  # meters: the distance that would do
    HIGHER_URGENCY = "higher_urgency"  # the urgency from which the case is worth its way
    ORDER = "order"  # nothing: no urgency is worth the way, only an order to visit
    SWAP = "swap"  # hundredths of a score point that the round loses; wins, if negative


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `instead_of` is the stop that a swap takes out."""

    kind: ChangeKind
    amount: int = 0
    window: Window | None = None
    needs: frozenset[str] = frozenset()
    instead_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """Changes that let one case in, all of them together."""

    changes: tuple[Change, ...]
