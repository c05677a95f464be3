"""What matching finds: groups of lines and claims with a tier, a score and reasons."""

from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """What a match rests on, the strongest first."""

    REFERENCE = "T1"
    REFERENCE_IN_TEXT = "T2"
    AMOUNT = "T3"
    SUM_OF_CLAIMS = "T4"
    SUM_OF_LINES = "T5"
    BY_HAND = "T6"
    REVERSAL = "reversal"


class Reason(StrEnum):
    """Why a line and a claim belong together, or what speaks against it."""

    REFERENCE = "The reference is equal"
    REFERENCE_IN_TEXT = "The reference stands in the bank's text"
    SWAPPED = "The reference is equal but for two characters that changed places"
    CUT = "The bank has a part of the reference, and it fits no other"
    CUT_SHARED = "The bank has a part of the reference, which fits others too"
    AMOUNT = "The amount is equal"
    ONLY_ONE = "Nothing else of this amount is open in these days"
    SAME_PLACE = "The bank's text names a place that proven lines of this branch name"
    NAME = "The bank's text names who paid in"
    CHARGE = "What is missing may be a charge of the bank"
    SUM = "Together they make the amount exactly"
    ONLY_SUM = "No other set of open ones does"
    SUM_BY_REFERENCE = "They share a reference"
    OPPOSITE = "The amounts are opposite and the reference is the same"
    OPPOSITE_ONLY_ONE = "The amounts are opposite, and no other line fits"
    RIVAL = "Others fit as well"
    HELD = "A reversal of this amount is not explained yet"


@dataclass(frozen=True, slots=True)
class Found:
    """Lines and claims, by their rows, that belong together.

    `automatic`: safe without a person. `score` is from 0 to 1. `short_minor` is what the lines lack
    of the claims' amount. A reversal has the line that takes back, and the one taken back.
    """

    lines: tuple[int, ...]
    claims: tuple[int, ...]
    tier: Tier
    score: float
    reasons: tuple[Reason, ...]
    automatic: bool = False
    short_minor: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """A line that several claims fit, ranked by score: for a person to choose."""

    line: int
    options: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that was found. Each line and each claim is in one of `found` at most, and a line with a
    choice in none."""

    found: tuple[Found, ...]
    choices: tuple[Choice, ...]
