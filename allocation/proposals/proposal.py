"""A proposal: cases that would change hands, and what of that is known to judge it by."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Origin = Literal["sheet", "scenario", "city_run"]
"""Where a proposal comes from: a spreadsheet, a scenario, or a run over a whole city."""

State = Literal["open", "published", "discarded", "undone"]
Outcome = Literal["moved", "left_out", "returned", "kept"]
"""What became of a change: publishing moved the case or left it out; undoing returned it to its
former agent, or kept it where it is because somebody has touched it since."""


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """A case that would change hands; None is nobody.

    `hypothetical`: the agent or the case exists in the scenario only, so it cannot be published;
    `label` is then what to call the case. `work_s` and `expected_minor` are what the agents' loads
    change by; travel is by street from where the agent starts, None where that is not known.
    `from_knows` and `to_knows` tell whether the agent knows the customer.
    """

    case_id: UUID
    from_id: UUID | None
    to_id: UUID | None
    reason: str
    row: int | None = None
    pin: bool = False
    pin_until: datetime | None = None
    lend: bool = False
    overrule: bool = False
    hypothetical: bool = False
    label: str | None = None
    lat: float | None = None
    lon: float | None = None
    work_s: int = 0
    expected_minor: int = 0
    from_travel_s: float | None = None
    to_travel_s: float | None = None
    from_knows: bool = False
    to_knows: bool = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What an agent at work has, and where the agent starts. `familiar` counts known customers."""

    agent_id: UUID
    name: str
    lat: float
    lon: float
    vehicle: str
    hypothetical: bool = False
    cases: int = 0
    work_s: int = 0
    expected_minor: int = 0
    travel_s: float = 0.0
    familiar: int = 0


@dataclass(frozen=True, slots=True)
class WithoutAgent:
    """A case that nobody at work has: why, with the numbers, in words."""

    case_id: UUID
    code: str
    sentence: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a manager weighs; the changes themselves are asked for apart.

    `figures` are None for what was not solved for; else by name: `now` (as it is), `allocated` (an
    allocation without the scenario's changes) and `proposed`.
    """

    id: UUID
    branch_id: UUID
    branch_ids: list[UUID]
    origin: Origin
    name: str
    rows_read: int | None
    problems: list[dict[str, Any]]
    figures: dict[str, Any] | None
    revision: int
    state: State
    made_at: datetime
    made_by: UUID
    settled_at: datetime | None
    undone_at: datetime | None
    changes: int
