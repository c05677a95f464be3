"""Set what a territory is, or end it; many at once for those that are imported or proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allocation.territories import store
from allocation.territories.errors import TerritoriesOverlap, TerritoryNotFound
from allocation.territories.territory import Days, Overlap, Territory, refusals
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.store import BranchView


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of territories, by code. `notices` are slivers that overlap."""

    added: frozenset[str]
    changed: frozenset[str]
    unchanged: frozenset[str]
    refused: dict[str, list[Overlap]]
    notices: dict[str, list[Overlap]]


async def set_territory(
    session: Session, branch: BranchView, wish: Territory, days: Days, by: UUID, now: datetime
) -> tuple[store.Standing, list[Overlap]]:
    """Have a territory be so from `days.first` on; a new version unless it is so already.


    With it come the slivers that it shares with others.
    Raises `InvalidField`, or `TerritoriesOverlap` with the other territory and the hectares.
    """
    await check_agents(session, branch, wish.agent_ids)
    settled = await settle(session, branch, [wish], days, "drawn", by, now)
    if settled.refused:
        raise TerritoriesOverlap([as_json(each) for each in settled.refused[wish.code]])
    (found,) = await store.standing(session, branch.id, days.first, [wish.code])
    return found, settled.notices.get(wish.code, [])


async def settle(
    session: Session,
    branch: BranchView,
    wishes: Sequence[Territory],
    days: Days,
    origin: str,
    by: UUID | None,
    now: datetime,
) -> Settled:
    """Have all territories be so that can be; those that share ground with others are left out.

    Raises `InvalidField` for days that are over.
    """
    check_days(branch, days, now)
    await store.lock(session, branch.id)
    codes = [wish.code for wish in wishes]
    before = {
        each.told.code: each for each in await store.standing(session, branch.id, days.first, codes)
    }
    met = await store.overlaps(session, branch.id, wishes, days)
    refused = refusals(codes, met)
    same = {w.code for w in wishes if _is_so(w, days, before.get(w.code))} - refused.keys()
    to_do = [w for w in wishes if w.code not in refused and w.code not in same]
    if to_do:
        await store.put(session, branch.id, to_do, days, origin, by, now)
    added = {w.code for w in to_do if w.code not in before}
    notices: dict[str, list[Overlap]] = {}
    for each in met:
        if not each.is_refused and each.code not in refused and each.overlap_ha > 0:
            notices.setdefault(each.code, []).append(each)
    return Settled(
        frozenset(added), frozenset(w.code for w in to_do) - added, frozenset(same), refused,
        notices,
    )  # fmt: skip


def _is_so(wish: Territory, days: Days, found: store.Standing | None) -> bool:
    if found is None or found.days is None or found.days.last != days.last:
        return False
    told = found.told
    return (
        (wish.name, wish.shape, wish.precedence) == (told.name, told.shape, told.precedence)
        and set(wish.pincodes) == set(told.pincodes)
        and set(wish.agent_ids) == set(told.agent_ids)
    )


async def end_territory(
    session: Session, branch: BranchView, code: str, day: date | None, now: datetime
) -> None:
    """Have a territory be no more from `day` on, today when None; what it was is kept.

    Raises `TerritoryNotFound`, or `InvalidField` for a day that is over.
    """
    today = local_day(now, branch.zone)
    check_days(branch, Days(day or today), now)
    await store.lock(session, branch.id)
    if not await store.end(session, branch.id, [code], day or today):
        raise TerritoryNotFound(code)


def check_days(branch: BranchView, days: Days, now: datetime) -> None:
    """Raises `InvalidField` for days that are over or the wrong way round."""
    today = local_day(now, branch.zone)
    if days.first < today:
        raise InvalidField(
            "valid_from", say("today ({today}) or later; what was stays as it was", today=today)
        )
    if days.last is not None and days.last < days.first:
        raise InvalidField("valid_until", say("{first} or later", first=days.first))


async def check_agents(session: Session, branch: BranchView, agent_ids: Sequence[UUID]) -> None:
    """Raises `InvalidField` unless all are agents of the branch."""
    known = {worker.id for worker in await store.agents_of(session, branch.id)}
    strangers = [str(agent) for agent in agent_ids if agent not in known]
    if strangers:
        told = ", ".join(strangers[:10])
        raise InvalidField(
            "agent_ids",
            say("agents of branch {code}; not these: {told}", code=branch.code, told=told),
        )


def as_json(overlap: Overlap) -> dict[str, object]:
    """An overlap with its numbers, for answers."""
    return {
        "territory": overlap.other, "name": overlap.other_name,
        "overlap_ha": round(overlap.overlap_ha, 2), "share": round(overlap.share, 4),
        "pincodes": list(overlap.pincodes), "sentence": overlap.sentence,
    }  # fmt: skip
