"""What moves together: a case by itself, or the cases of a center's members."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from allocation.problem import Assignment, Unplaced
from allocation.work import Case, Known
from core.geometry import LatLon


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case as it stands: `owner_id` has it now; `center_id` where its customer is a member.

    `case.service_s` is with `travel_s`, the share of travel that a visit by itself takes.
    """

    case: Case
    owner_id: UUID | None
    center_id: UUID | None = None
    travel_s: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """Cases that have one owner, as one piece of work."""

    work: Case
    members: tuple[OpenCase, ...]


def units_of(cases: Iterable[OpenCase]) -> list[Unit]:
    """The cases of each center as one unit, all others one by one.

    A case that nobody may have stays by itself, so that the rest of its center can be visited.
    """
    centers: dict[UUID, list[OpenCase]] = {}
    units: list[Unit] = []
    for each in cases:
        if each.center_id is None or each.case.barred:
            units.append(Unit(each.case, (each,)))
        else:
            centers.setdefault(each.center_id, []).append(each)
    return units + [Unit(_together(members), tuple(members)) for members in centers.values()]


def _together(members: Sequence[OpenCase]) -> Case:
    """One piece of work: it asks all that any member asks, and one way leads there."""
    cases = [member.case for member in members]
    first = cases[0]
    if len(cases) == 1:
        return first
    ways_s = sum(member.travel_s for member in members) - max(m.travel_s for m in members)
    return replace(
        first,
        position=_middle([case.position for case in cases]),
        service_s=sum(case.service_s for case in cases) - ways_s,
        skills=frozenset[str]().union(*(case.skills for case in cases)),
        languages=frozenset[str]().union(*(case.languages for case in cases)),
        genders=frozenset[str]().union(*(case.genders for case in cases)),
        certificates=frozenset[str]().union(*(case.certificates for case in cases)),
        tags=frozenset[str]().union(*(case.tags for case in cases)),
        not_with=frozenset[UUID]().union(*(case.not_with for case in cases)),
        priority=max(case.priority for case in cases),
        cash_minor=sum(case.cash_minor for case in cases),
        expected_minor=sum(case.expected_minor for case in cases),
        members=sum(case.members for case in cases),
        known_by=_known_to_all(cases),
        worked=first.worked if all(case.worked == first.worked for case in cases) else None,
        **_incumbent(cases),  # type: ignore[arg-type]
    )


def _middle(positions: Sequence[LatLon]) -> LatLon:
    many = len(positions)
    return LatLon(sum(p.lat for p in positions) / many, sum(p.lon for p in positions) / many)


def _incumbent(cases: Sequence[Case]) -> dict[str, object]:
    """Whom a member is pinned to, else who has most of the members."""
    for case in cases:
        if case.pinned:
            return {"incumbent_id": case.incumbent_id, "pinned": True}
    owners = Counter(case.incumbent_id for case in cases if case.incumbent_id)
    most = max(owners, key=lambda owner: (owners[owner], str(owner)), default=None)
    return {"incumbent_id": most, "pinned": False}


def _known_to_all(cases: Sequence[Case]) -> tuple[Known, ...]:
    weights: Counter[UUID] = Counter()
    for case in cases:
        for known in case.known_by:
            weights[known.agent_id] += known.weight  # type: ignore[assignment]
    return tuple(Known(agent, weight / len(cases)) for agent, weight in sorted(weights.items()))


@dataclass(frozen=True, slots=True)
class Decided:
    """What an assignment of units means for their cases.

    `given` are (case, agent) of every case whose owner is to be another, `ended` the cases taken
    from an agent at work and given to nobody; `moved` counts those of `given` that had an owner.
    """

    given: tuple[tuple[UUID, UUID], ...]
    ended: tuple[UUID, ...]
    moved: int
    unplaced: tuple[Unplaced, ...]


def decided(units: Sequence[Unit], answer: Assignment, at_work: frozenset[UUID]) -> Decided:
    """What changes, case by case. A case that nobody can take stays with an owner who is away."""
    owner = dict(answer.owners)
    reason = dict(answer.unplaced)
    given: list[tuple[UUID, UUID]] = []
    ended: list[UUID] = []
    unplaced: list[Unplaced] = []
    moved = 0
    for unit in units:
        to = owner.get(unit.work.id)
        for member in unit.members:
            if to is None:
                unplaced.append(Unplaced(member.case.id, reason[unit.work.id]))
                if member.owner_id in at_work or (member.owner_id and member.case.barred):
                    ended.append(member.case.id)
            elif to != member.owner_id:
                given.append((member.case.id, to))
                moved += member.owner_id is not None
    return Decided(tuple(given), tuple(ended), moved, tuple(unplaced))
