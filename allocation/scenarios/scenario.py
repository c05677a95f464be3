"""A scenario: what a manager wants to know, how far it is, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from allocation.scenarios.kind import Change

State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Changes to branches, and what is to be told of them.

    `with_rounds`: the rounds of `day` are planned too, as it is and as it would be. `day` None is
    the first on which somebody works.
    """

    name: str
    branch_ids: tuple[UUID, ...]
    changes: tuple[Change, ...]
    day: date | None = None
    with_rounds: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as it stands. `problem` says why it failed: its `title` and `detail`."""

    id: UUID
    branch_id: UUID
    branch_ids: list[UUID]
    name: str
    day: date
    changes: tuple[Change, ...]
    with_rounds: bool
    state: State
    doing: str
    share: float
    problem: dict[str, Any] | None
    proposal_id: UUID | None
    made_at: datetime
    made_by: UUID
    ended_at: datetime | None
