"""A run as it stands, and the figures that a manager watches."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

State = Literal["running", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a manager asks for: the price of a case that changes hands, in seconds of travel, and
    how long is searched for each agent, all passes together."""

    price_s: int
    seconds_per_agent: float


@dataclass(frozen=True, slots=True)
class Run:
    """A run. `turn` is the pass under way, of `passes`: in 0 each agent is planned alone."""

    id: UUID
    branch_id: UUID
    day: date
    price_s: int
    seconds_per_agent: float
    limit_s: int
    passes: int
    turn: int
    state: State
    failure: str | None
    made_at: datetime
    made_by: UUID
    ended_at: datetime | None
    proposal_id: UUID | None

    def sector_s(self, agents: int) -> float:
        """How long a sector of so many agents is searched in one pass."""
        return self.seconds_per_agent * agents / max(1, self.passes)


@dataclass(frozen=True, slots=True)
class Figures:
    """What rounds come to: of the agents alone (`first_`) and the best so far.

    `changes` are the cases that would change hands; `agents` how many rounds there are.
    """

    agents: int
    first_score: float
    first_travel_s: int
    score: float
    travel_s: int
    changes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A run with what it has come to, and how many sectors of its pass are done."""

    run: Run
    figures: Figures
    sectors_done: int
    sectors: int

    @property
    def done_pct(self) -> float:
        """How far the run is: each pass counts the same, however long it takes."""
        if self.run.state != "running":
            return 100.0
        part = self.sectors_done / max(1, self.sectors)
        return round(100 * (self.run.turn + part) / (self.run.passes + 1), 1)


@dataclass(frozen=True, slots=True)
class StoredSector:
    """A sector to be searched: its agents and cases, and each agent's best round so far."""

    id: UUID
    run: Run
    turn: int
    agent_ids: tuple[UUID, ...]
    case_ids: tuple[UUID, ...]
    orders: tuple[tuple[UUID, ...], ...]
    is_done: bool


@dataclass(frozen=True, slots=True)
class BetterRound:
    """What was found for an agent."""

    agent_id: UUID
    case_ids: tuple[UUID, ...]
    score: float
    travel_s: int
