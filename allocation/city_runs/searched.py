"""What a pass of a run does with a sector; called in a child process."""

from allocation.city.city_day import Sector
from allocation.city.improve_city import USUAL
from allocation.city.improve_sector import Improved, first_rounds, improve_sector
from allocation.city_runs.run import StoredSector
from routing.planner.stop import StopAfter


def searched(stored: StoredSector, sector: Sector, alone: StopAfter, seed: int) -> Improved:
    """The first pass plans each agent until `alone` ends, the others improve them together."""
    if stored.turn == 0:
        return first_rounds(sector, alone, seed)
    stop = StopAfter(seconds=stored.run.sector_s(len(sector.agents)))
    return improve_sector(sector, stop, seed + stored.turn, USUAL.heat(stored.turn - 1))
