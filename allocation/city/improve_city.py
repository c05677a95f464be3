"""The whole city improved in passes: each cuts it into other sectors, searched side by side."""

from collections.abc import Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from time import perf_counter

from allocation.city.city_day import CityDay, Orders, WaysBetween, sector_of, visitors
from allocation.city.improve_sector import improve_sector
from allocation.city.sectors import middles_of, parts, sectors
from routing.planner.stop import StopAfter


@dataclass(frozen=True, slots=True)
class Schedule:
    """So many `passes` of equal length, each cooler than the one before.

    The first begins as hot as `hot`, where 1 is for rounds made of nothing; the last ends at 0.
    """

    passes: int = 6
    hot: float = 0.5

    def heat(self, turn: int) -> tuple[float, float]:
        """How hot the pass numbered `turn`, from 0, begins and ends."""
        left = self.passes - turn
        return self.hot * left / self.passes, self.hot * (left - 1) / self.passes


USUAL = Schedule()


@dataclass(frozen=True, slots=True)
class Progress:
    """The best rounds so far, after `done` of about `total` searches of a sector."""

    orders: list[list[int]]
    done: int
    total: int


def improve_city(
    day: CityDay,
    orders: Orders,
    ways: WaysBetween,
    pool: Executor,
    processes: int,
    seconds: float,
    seed: int = 1,
    schedule: Schedule = USUAL,
) -> Iterator[Progress]:
    """Better and better rounds of the whole city, yielded as each sector is done.

    Together they are never worth less than `orders`, which keep the rules. Takes `seconds` on that
    many `processes` of `pool`. Whoever stops listening has the best so far; what has not begun is
    called off then.
    """
    ends = perf_counter() + seconds
    best, done = [list(order) for order in orders], 0
    spots, homes, only = day.spots, day.homes, day.only
    for turn in range(schedule.passes):
        passes_left = schedule.passes - turn
        visitor = visitors(len(day.candidates), best)
        groups = sectors(middles_of(visitor, spots, homes), turn, processes)
        cases_of = parts(groups, visitor, only, spots, homes)
        share_s = max(0.0, ends - perf_counter()) / passes_left
        stop = StopAfter(seconds=share_s * processes / max(1, len(groups)))
        searched = {}
        for nth, (agents, cases) in enumerate(zip(groups, cases_of, strict=True)):
            sector = sector_of(day, best, agents, cases, ways)
            its_seed = seed + 1_000 * turn + nth
            future = pool.submit(improve_sector, sector, stop, its_seed, schedule.heat(turn))
            searched[future] = sector
        try:
            for future in as_completed(searched):
                sector, improved = searched.pop(future), future.result()
                for agent, order in zip(sector.agents.tolist(), improved.orders, strict=True):
                    best[agent] = sector.cases[order].tolist()
                done += 1
                yield Progress(best, done, done + len(searched) + len(groups) * (passes_left - 1))
        finally:
            for future in searched:
                future.cancel()
