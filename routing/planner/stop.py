"""When a search ends."""

from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class StopAfter:
    """After so many `seconds`, or so many `solutions` looked at; whichever comes first.

    With `solutions` alone the same problem and seed always give the same plan.
    """

    seconds: float | None = None
    solutions: int | None = None

    def __post_init__(self) -> None:
        assert self.seconds is not None or self.solutions is not None, "a search must end"

    def share(self, started: float, solutions: int) -> float:
        """How much of the way to the end is behind, from 0 to 1, after so many solutions.

        `started` is the `perf_counter` at which the seconds began to run.
        """
        share = 0.0
        if self.solutions is not None:
            share = solutions / self.solutions if self.solutions else 1.0
        if self.seconds is not None:
            used_s = perf_counter() - started
            share = max(share, used_s / self.seconds if self.seconds > 0 else 1.0)
        return min(share, 1.0)

    def before(self, tail_s: float) -> "StopAfter":
        """The same end, `tail_s` earlier."""
        return self if self.seconds is None else StopAfter(self.seconds - tail_s, self.solutions)
