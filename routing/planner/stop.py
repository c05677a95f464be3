"""When a search ends."""

from collections.abc import Iterator
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

    def shares(self, started: float) -> Iterator[float]:
        """One share of the way to the end (0 to 1) per solution, until the end.

        `started` is the `perf_counter` at which the seconds began to run.
        """
        solution = 0
        while True:
            share = 0.0
            if self.solutions is not None:
                share = solution / self.solutions if self.solutions else 1.0
            if self.seconds is not None:
                used_s = perf_counter() - started
                share = max(share, used_s / self.seconds if self.seconds else 1.0)
            if share >= 1:
                return
            yield share
            solution += 1
