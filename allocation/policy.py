"""How an allocation's wishes weigh against each other."""

from dataclasses import dataclass
from typing import NamedTuple

FAIR_WITHIN = 0.2
"""The distance from the fair amount whose price `Policy.fairness_s` tells."""


class LoadStep(NamedTuple):
    """From `share` of the capacity on, a second of work costs `price` seconds of travel."""

    share: float
    price: float


@dataclass(frozen=True, slots=True)
class Policy:
    """How the wishes weigh against each other, in seconds of travel.

    `nearest` is how many eligible agents are weighed per case, beside those who know the customer.
    `disturbance_s` is the travel that a change of owner must save before it is worth a broken
    relation; `continuity_s` what it is worth that a customer meets the agent who knows them best
    rather than a stranger. `fairness_s` is what it costs when an agent's cases promise 20 % more
    or less than the agent's share of the branch's money; twice as far off costs four times as
    much. `territory_s` is what it is worth that a case is with an agent of its territory.
    `load_steps` rise, which spreads the work and makes overload the last resort.
    `overload_visits` is how many visits of median length an agent may be given above the capacity;
    never more.
    """

    nearest: int = 16
    disturbance_s: int = 900
    continuity_s: int = 600
    fairness_s: int = 600
    territory_s: int = 0
    overload_visits: float = 1.0
    load_steps: tuple[LoadStep, ...] = (
        LoadStep(0.50, 0.05),
        LoadStep(0.75, 0.15),
        LoadStep(0.90, 0.50),
        LoadStep(1.00, 2.00),
    )

    def __post_init__(self) -> None:
        prices = [step.price for step in self.load_steps]
        shares = [step.share for step in self.load_steps]
        if prices != sorted(prices) or shares != sorted(shares) or min(prices, default=0) < 0:
            raise ValueError("load steps rise: the next minute never costs less than the last")
        weights = (
            self.disturbance_s, self.continuity_s, self.fairness_s, self.territory_s,
            self.overload_visits,
        )  # fmt: skip
        if self.nearest < 1 or min(weights) < 0:
            raise ValueError("at least one candidate, and no negative weights")
