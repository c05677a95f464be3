"""What is told of proposals: changes, figures side by side, agents, what cannot be."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from allocation.owners.move import RefusalCode
from allocation.proposals import store
from allocation.proposals.proposal import Origin, Outcome, Proposal, State
from api.reader import Told
from api.schemas import Answer, Instant
from data.session import Session


class ChangeAnswer(Answer):
    """A case that would change hands; `row` is that of a sheet, None for a member of a center that
    comes along.

    `hypothetical` changes are of agents or cases that exist in a scenario only. Travel is by street
    from where the agent starts; `outcome` is what became of the change.
    """

    row: int | None
    case_id: UUID
    customer: str | None
    account: str | None
    from_id: UUID | None
    from_agent: str | None
    from_name: str | None
    to_id: UUID | None
    to_agent: str | None
    to_name: str | None
    reason: str
    pin: bool
    pin_until: Instant | None
    lend: bool
    overrule: bool
    hypothetical: bool
    lat: float | None
    lon: float | None
    work_s: int
    expected_minor: int
    from_travel_s: float | None
    to_travel_s: float | None
    from_knows: bool
    to_knows: bool
    outcome: Outcome | None


class ProblemAnswer(Answer):
    """A cell that cannot be used, and what would be right. The head is row 1."""

    row: int
    column: str
    value: str
    expected: Told


class LackAnswer(Answer):
    """So many cases are without an agent at work for this reason."""

    code: str
    cases: int
    sentence: Told


class RoundsAnswer(Answer):
    """The rounds of one day, planned for all agents at work."""

    agents: int
    visits: int
    score: float
    travel_s: int
    skipped: int
    beyond: int


class FiguresAnswer(Answer):
    """How good it is. See docs/rebalancing.md for what each figure means."""

    agents: int
    cases: int
    without_agent: int
    lacks: list[LackAnswer]
    moved: int
    disturbed: int
    familiar: int
    travel_s: float
    travel_s_per_case: float
    work_s_least: int
    work_s_median: int
    work_s_most: int
    work_cv: float
    money_gini: float
    money_cv: float
    rounds: RoundsAnswer | None


class PartAnswer(Answer):
    """A part of a territory that a scenario splits: what would be whose. `is_whole` says whether
    its streets hang together."""

    territory: str
    agents: list[str]
    cases: int
    work_min: int
    is_whole: bool


class ComparisonAnswer(Answer):
    """Side by side: as it is, as an allocation would have it anyway, and as proposed; and what
    territories are split into."""

    now: FiguresAnswer
    allocated: FiguresAnswer | None = None
    proposed: FiguresAnswer
    parts: list[PartAnswer] = []


class SummaryAnswer(Answer):
    """A proposal without its changes. Nothing has changed while its state is `open`."""

    id: UUID
    branch_id: UUID
    branch_ids: list[UUID]
    origin: Origin
    name: str
    state: State
    revision: int
    changes_count: Annotated[int, Field(validation_alias="changes")]
    figures: ComparisonAnswer | None
    made_at: Instant
    made_by: UUID
    settled_at: Instant | None
    undone_at: Instant | None


class PortfolioAnswer(Answer):
    """An agent at work, where the agent starts, and what the agent has without the changes."""

    agent_id: UUID
    name: str
    lat: float
    lon: float
    hypothetical: bool
    cases: int
    work_s: int


class WithoutAnswer(Answer):
    """A case that nobody can take, and why."""

    case_id: UUID
    code: str
    sentence: Told
    facts: dict[str, Any]


class ProposalAnswer(Answer):
    """A proposal with its changes, the agents, and the cases that nobody can take."""

    id: UUID
    branch_id: UUID
    branch_ids: list[UUID]
    origin: Origin
    name: str
    rows_read: int | None
    state: State
    revision: int
    figures: ComparisonAnswer | None
    made_at: Instant
    made_by: UUID
    settled_at: Instant | None
    undone_at: Instant | None
    changes: list[ChangeAnswer]
    problems: list[ProblemAnswer]
    agents: list[PortfolioAnswer]
    without_agent: list[WithoutAnswer]


class ProposalsAnswer(Answer):
    """A page of proposals, the newest first."""

    items: list[SummaryAnswer]
    next_cursor: str | None


class LeftOutAnswer(Answer):
    """A change that was not made, and why."""

    case_id: UUID
    code: RefusalCode
    detail: Told


class PublishedAnswer(Answer):
    """The proposal, and what of it was left out: overtaken, or in the scenario only."""

    proposal: ProposalAnswer
    left_out: list[LeftOutAnswer]


class KeptAnswer(Answer):
    """A case that stays where it is, and why."""

    case_id: UUID
    detail: Told


class UndoneAnswer(Answer):
    """The proposal, and the cases that did not return."""

    proposal: ProposalAnswer
    kept: list[KeptAnswer]


class EditAnswer(Answer):
    """A row that somebody edited; from and to None is nobody."""

    revision: int
    case_id: UUID
    was_id: UUID | None
    now_id: UUID | None
    reason: str
    edited_at: Instant
    edited_by: str


async def whole(session: Session, found: Proposal) -> ProposalAnswer:
    """A proposal as it is told, with everything that belongs to it."""
    tallied = await store.tallied(session, found.id)
    labels = {portfolio.agent_id: portfolio.name for portfolio in tallied.portfolios}
    told = {
        name: getattr(found, name) for name in SummaryAnswer.model_fields if name != "changes_count"
    }
    told |= {
        "rows_read": found.rows_read,
        "problems": found.problems,
        "changes": [_change(each, labels) for each in await store.named_changes(session, found.id)],
        "agents": tallied.portfolios,
        "without_agent": tallied.without,
    }
    return ProposalAnswer.model_validate(told, from_attributes=True)


def _change(each: store.NamedChange, labels: dict[UUID, str]) -> ChangeAnswer:
    change = each.change
    own = {
        "customer": each.customer or change.label, "account": each.account,
        "from_agent": each.from_agent, "from_name": each.from_name, "to_agent": each.to_agent,
        "to_name": each.to_name or (labels.get(change.to_id) if change.to_id else None),
    }  # fmt: skip
    facts = {n: getattr(change, n) for n in ChangeAnswer.model_fields if n not in own}
    return ChangeAnswer.model_validate(own | facts)
