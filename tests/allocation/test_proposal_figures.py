"""Figures of proposals: after changes as from nothing, whatever the changes."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from allocation.problem import Problem
from allocation.proposals.figures import BY_HAND, figures_of
from allocation.proposals.ground import Ground, changes_of, portfolios_of
from allocation.proposals.proposal import ProposedChange, WithoutAgent
from allocation.units import OpenCase, Unit
from tests.allocation.scenes import agent, case, problem, problems


def ground_of(whole: Problem) -> Ground:
    """Each case by itself, with its incumbent."""
    units = (Unit(c, (OpenCase(c, c.incumbent_id),)) for c in whole.cases)
    return Ground(whole, tuple(units))


@given(problems(), st.data())
def test_changes_lead_to_the_figures_of_what_they_lead_to(
    whole: Problem, data: st.DataObject
) -> None:
    ground = ground_of(whole)
    at_work = [a.id for a in whole.agents]
    anybody = st.sampled_from([*at_work, None])
    to = {c.case.id: data.draw(anybody) for c in ground.cases if data.draw(st.booleans())}
    before = [c.owner_id for c in ground.cases]
    after = [to.get(c.case.id, c.owner_id) for c in ground.cases]
    lost = [
        WithoutAgent(c.case.id, "nobody", "nobody has it")
        for c, owner in zip(ground.cases, before, strict=True)
        if owner not in at_work
    ]
    still = [
        WithoutAgent(c.case.id, "nobody", "nobody has it")
        for c, owner in zip(ground.cases, after, strict=True)
        if owner not in at_work
    ]
    changes = changes_of(ground, to, "why", {})
    found = figures_of(portfolios_of(ground, before, {}), changes, lost)
    fresh = figures_of(portfolios_of(ground, after, {}), (), still)
    for name in ("cases", "without_agent", "familiar", "work_s_least", "work_s_most"):
        assert getattr(found, name) == getattr(fresh, name), name
    assert abs(found.travel_s - fresh.travel_s) <= 0.1 * (1 + len(changes))
    assert abs(found.money_gini - fresh.money_gini) < 1e-3
    assert found.moved == sum(c.from_id is not None for c in changes)


def test_a_case_that_is_taken_away_joins_those_without_an_agent() -> None:
    ana, ben = agent(1), agent(2)
    whole = problem([ana, ben], [case(1, incumbent=ana), case(2, incumbent=ana)])
    ground = ground_of(whole)
    portfolios = portfolios_of(ground, [ana.id, ana.id], {ana.id: "Ana"})
    taken = ProposedChange(whole.cases[0].id, ana.id, None, "x", work_s=20 * 60)
    found = figures_of(portfolios, [taken], [])
    assert [(lack.code, lack.cases) for lack in found.lacks] == [(BY_HAND, 1)]
    assert (found.cases, found.without_agent, found.work_s_most) == (2, 1, 20 * 60)


def test_relations_are_disturbed_where_an_agent_knew_the_customer() -> None:
    portfolios = portfolios_of(ground_of(problem([agent(1), agent(2)], [])), [], {})
    moved = ProposedChange(case(1).id, agent(1).id, agent(2).id, "x", from_knows=True)
    changes = [moved, replace(moved, case_id=case(2).id, from_knows=False)]
    found = figures_of(portfolios, changes, [])
    assert (found.moved, found.disturbed) == (2, 1)
