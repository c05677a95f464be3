"""Days of phones in a bad field, drawn from a seed: what the agent does, and what goes wrong."""

import random
from dataclasses import dataclass
from typing import Any

FAULTS = (
    "flight mode", "killed page", "second tab", "stale token", "clock off", "storage full",
    "new version",
)  # fmt: skip
"""What happens to a phone, beside its network: each script has some of them."""


@dataclass(frozen=True, slots=True)
class Visit:
    """At a door: check-in, check-out, and between them what there is. Amounts are minor units."""

    case: int
    pays_minor: int
    promises_minor: int

    @property
    def records(self) -> int:
        """How many records it makes."""
        return 2 + bool(self.pays_minor) + bool(self.promises_minor)


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next: a visit, the cash of all so far handed over, or a fault by its name."""

    kind: str
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A day. `weights` are how often a request goes well, its answer is lost, it is lost itself, or
    the server is busy."""

    seed: int
    weights: tuple[int, int, int, int]
    steps: tuple[Step, ...]
    clock_off_s: int

    @property
    def faults(self) -> tuple[str, ...]:
        """The faults in it, besides those of the network."""
        return tuple(step.kind for step in self.steps if step.kind in FAULTS)


def draw(seed: int, cases: int, records: int) -> Script:
    """A day of at least so many records at so many doors, the same for the same seed.

    The first fault goes through `FAULTS` with the seed, so that so many scripts have each.
    """
    rng = random.Random(seed)
    steps: list[Step] = []
    made = 0
    while made < records:
        visit = Visit(
            rng.randrange(cases),
            rng.randrange(1, 9) * 1000 if rng.random() < 0.6 else 0,
            rng.randrange(1, 5) * 1000 if rng.random() < 0.3 else 0,
        )
        steps.append(Step("visit", visit))
        made += visit.records
        if rng.random() < 0.08:
            steps.append(Step("deposit"))
    first = FAULTS[seed % len(FAULTS)]
    for fault in [first, *rng.choices(FAULTS, k=rng.randrange(1, 4))]:
        steps.insert(rng.randrange(1, len(steps)), Step(fault))
    weights = rng.choice([(60, 20, 10, 10), (40, 30, 10, 20), (80, 10, 5, 5), (50, 0, 0, 50)])
    clock_off_s = rng.choice([-3600, 3600])
    return Script(seed, weights, tuple(steps), clock_off_s)


def total(figures: list[dict[str, Any]], name: str) -> int:
    """The sum of a figure over scripts."""
    return sum(int(each[name]) for each in figures)
