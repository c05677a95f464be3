"""A territory of a scenario split in two, each part with agents of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from allocation.scenarios.field import Field, Part
from allocation.scenarios.kind import Change, Named
from allocation.territories.proposals.halves import Halves, halves, within
from allocation.units import OpenCase, Unit, units_of
from allocation.work import Agent, Worked
from core.errors import InvalidField
from core.geometry import LatLon, LocalPlane
from core.said import say


@dataclass(frozen=True, slots=True)
class SplitTerritory(Change):
    """A territory in two parts of about equal work, each whole on the streets: the cases of one are
    for `first_agent_ids` only, those of the other for `second_agent_ids`.

    Whose part is which is what makes their ways from home shorter. A center's members go together.
    """

    branch_id: UUID
    territory: str
    first_agent_ids: tuple[UUID, ...]
    second_agent_ids: tuple[UUID, ...]

    def named(self) -> Named:
        agents = (*self.first_agent_ids, *self.second_agent_ids)
        return Named((self.branch_id,), agents, ((self.branch_id, self.territory),))

    def applied(self, field: Field) -> Field:
        teams = [self._team(field, ids) for ids in (self.first_agent_ids, self.second_agent_ids)]
        inside = field.territories[self.branch_id, self.territory].case_ids
        cases = [c for branch in field.branches for c in branch.cases if c.case.id in inside]
        units = units_of(cases)
        work_min = [unit.work.service_s / 60 for unit in units]
        found = self._halves(field, units, work_min)
        if _is_shorter_the_other_way(teams, found.middles):
            teams.reverse()
        worked = [
            Worked(f"{self.territory}/{n}", frozenset(agent.id for agent in team))
            for n, team in enumerate(teams, 1)
        ]
        half_of = {
            member.case.id: half
            for unit, half in zip(units, found.half.tolist(), strict=True)
            for member in unit.members
        }

        def of_part(each: OpenCase) -> OpenCase:
            if (half := half_of.get(each.case.id)) is None:
                return each
            case = replace(each.case, worked=worked[half], stays_in_territory=True)
            return replace(each, case=case)

        parts = tuple(
            Part(
                worked[n].territory,
                tuple(agent.id for agent in teams[n]),
                sum(half == n for half in half_of.values()),
                round(float(np.array(work_min)[found.half == n].sum())),
                found.is_whole[n],
            )
            for n in (0, 1)
        )
        branches = tuple(
            replace(branch, cases=tuple(map(of_part, branch.cases))) for branch in field.branches
        )
        return replace(field, branches=branches, parts=(*field.parts, *parts))

    def _team(self, field: Field, ids: tuple[UUID, ...]) -> list[Agent]:
        team = [(id_, field.agent(id_)) for id_ in ids]
        away = [id_ for id_, agent in team if agent is None]
        if away:
            expected = say(
                "for each part agents at work on the scenario's day; {away} is not", away=away[0]
            )
            raise InvalidField("changes", expected)
        return [agent for _, agent in team if agent]

    def _halves(self, field: Field, units: Sequence[Unit], work_min: Sequence[float]) -> Halves:
        territory = field.territories[self.branch_id, self.territory]
        positions = [unit.work.position for unit in units]
        ground = within(territory.streets, territory.shape, positions) if units else None
        found = halves(ground, positions, np.array(work_min)) if ground else None
        if found is None:
            due = sum(len(unit.members) for unit in units)
            where = "at one crossing" if ground else "where it has no streets" if due else "nowhere"
            raise InvalidField(
                "changes",
                say(
                    "a territory whose cases are due at two crossings or more; in {territory} "
                    "{due} are due, {where}",
                    territory=self.territory,
                    due=due,
                    where=where,
                ),
            )
        return found


def _is_shorter_the_other_way(
    teams: Sequence[Sequence[Agent]], middles: tuple[LatLon, LatLon]
) -> bool:
    """Whether the ways from home to the middles are shorter with the parts exchanged."""
    first, second = teams
    as_told = _way_m(first, middles[0]) + _way_m(second, middles[1])
    return _way_m(first, middles[1]) + _way_m(second, middles[0]) < as_told


def _way_m(team: Sequence[Agent], middle: LatLon) -> float:
    table = np.array([agent.position for agent in team], dtype=np.float64).reshape(-1, 2)
    return float(np.hypot(*LocalPlane(middle).xy(table[:, 0], table[:, 1])).mean())
