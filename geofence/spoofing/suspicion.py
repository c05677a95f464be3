"""What speaks against a day, how rare that is among honest days, and what it comes to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

FORGED_DAYS = 1e-3
"""How many days are taken to be forged before anything is known: one in a thousand. So a day is
suspected as soon as its signs together are rarer than that among honest days; should the signs be
less independent than is assumed, by a factor of ten, no more than one honest day in a hundred is
accused."""

RAREST = 5e-4
"""No single sign is taken to be rarer among honest days: phones surprise."""


class Figure(NamedTuple):
    """A figure with its unit in its name, such as ``("distance_m", 812.0)``."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One sign: a name for programs, a sentence, its figures, and the time it is about (epoch s).

    `honest_rate` is the share of honest phone-days that show as much by chance or by habit.
    """

    code: str
    text: str
    began_s: float
    ended_s: float
    honest_rate: float
    figures: tuple[Figure, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` is the probability that the day is forged, `suspected` whether that is likelier than
    not. It is a reason to look, never a verdict: `reasons` say at what, the rarest first."""

    score: float
    suspected: bool
    reasons: tuple[Suspicion, ...]


def judge(signs: Sequence[Suspicion]) -> Judgement:
    """Weigh signs as independent evidence (Bayes), a forged day being sure to show them."""
    reasons = sorted(signs, key=lambda sign: (sign.honest_rate, sign.began_s, sign.code))
    honest = math.prod(max(sign.honest_rate, RAREST) for sign in reasons)
    score = FORGED_DAYS / (FORGED_DAYS + (1 - FORGED_DAYS) * honest)
    return Judgement(score, score >= 0.5, tuple(reasons))


def chance(share: float, honest_share: float, count: float) -> float:
    """An upper bound of the probability to see at least `share` of `count` independent trials come
    out so when each does with `honest_share` (Chernoff's bound); 1 where that is no surprise.
    """
    if share <= honest_share or count <= 0:
        return 1.0
    against = (1 - share) * math.log((1 - share) / (1 - honest_share)) if share < 1 else 0.0
    return math.exp(-count * (share * math.log(share / honest_share) + against))
