"""Import territories from GeoJSON, or their pin codes from a CSV, as a whole or one by one."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from allocation.territories import store
from allocation.territories.collection import Fault, Feature, read_collection, read_pincodes
from allocation.territories.set_territory import Settled, check_days, settle
from allocation.territories.territory import Days, Territory
from core.said import say
from data.session import Session, savepoint
from identity.store import BranchView

Mode = Literal["whole", "each"]
"""Whether one bad feature keeps all from being imported, or only itself."""

Outcome = Literal["added", "changed", "same", "refused"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a feature or line; `reasons` are why it is refused, or what to look at.

    Of a CSV there is one for each territory, at 0, and one for each bad line.
    """

    index: int
    code: str | None
    outcome: Outcome
    is_mended: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file does; nothing is stored where `is_applied` is False."""

    is_applied: bool
    fates: tuple[Fate, ...]


class _NotApplied(Exception):
    """Takes back what was stored, and is caught right away."""


async def import_geojson(
    session: Session,
    branch: BranchView,
    content: bytes,
    mode: Mode,
    days: Days,
    by: UUID | None,
    now: datetime,
) -> Imported:
    """Add the territories of a FeatureCollection, and change those that stand under its codes.

    A feature that says nothing of agents leaves them as they are. Raises `InvalidField` for what
    is no FeatureCollection, or days that are over.
    """
    read, faults = await asyncio.to_thread(read_collection, content)
    check_days(branch, days, now)
    agents = {worker.username: worker.id for worker in await store.agents_of(session, branch.id)}
    codes = [feature.code for feature in read]
    before = {
        each.told.code: each.told
        for each in await store.standing(session, branch.id, days.first, codes)
    }
    wishes: list[tuple[Feature, Territory]] = []
    for feature in read:
        unknown = [name for name in feature.agents or () if name not in agents]
        if unknown:
            expected = say(
                "usernames of agents of branch {code}; not {unknown}",
                code=branch.code,
                unknown=", ".join(unknown[:10]),
            )
            faults.append(Fault(feature.index, "properties.agents", expected))
            continue
        stood = before.get(feature.code)
        ids = (
            (stood.agent_ids if stood else ())
            if feature.agents is None
            else tuple(dict.fromkeys(agents[name] for name in feature.agents))
        )
        wish = Territory(
            feature.code, feature.name, feature.shape, feature.pincodes, feature.precedence, ids
        )
        wishes.append((feature, wish))
    fates = [
        Fate(f.index, None, "refused", reasons=(f"{f.field}: {f.expected}",)) for f in faults
    ]  # fmt: skip

    def fate(n: int, outcome: Outcome, reasons: tuple[str, ...]) -> Fate:
        feature = wishes[n][0]
        return Fate(feature.index, feature.code, outcome, feature.is_mended, reasons)

    told = [wish for _, wish in wishes]
    return await _settled(session, branch, told, fate, fates, mode, days, by, now)


async def import_pincodes(
    session: Session,
    branch: BranchView,
    content: bytes,
    mode: Mode,
    days: Days,
    by: UUID | None,
    now: datetime,
) -> Imported:
    """Set the pin codes of the territories in a CSV; those that do not stand are added.

    All pin codes of a territory are those of the file. Raises `InvalidField` for what is no such
    file, or days that are over.
    """
    found, faults = await asyncio.to_thread(read_pincodes, content)
    check_days(branch, days, now)
    before = {
        each.told.code: each.told
        for each in await store.standing(session, branch.id, days.first, list(found))
    }
    wishes = [
        replace(before.get(code, Territory(code, code, None)), pincodes=tuple(pincodes))
        for code, pincodes in found.items()
    ]
    fates = [
        Fate(f.index, None, "refused", reasons=(f"{f.field}: {f.expected}",)) for f in faults
    ]  # fmt: skip

    def fate(n: int, outcome: Outcome, reasons: tuple[str, ...]) -> Fate:
        return Fate(0, wishes[n].code, outcome, reasons=reasons)

    return await _settled(session, branch, wishes, fate, fates, mode, days, by, now)


async def _settled(
    session: Session,
    branch: BranchView,
    wishes: Sequence[Territory],
    fate: Callable[[int, Outcome, tuple[str, ...]], Fate],
    fates: list[Fate],
    mode: Mode,
    days: Days,
    by: UUID | None,
    now: datetime,
) -> Imported:
    """Store what can be, or nothing where one cannot be and the file counts as a whole."""
    settled = Settled(frozenset(), frozenset(), frozenset(), {}, {})
    is_applied = True
    with suppress(_NotApplied):
        async with savepoint(session):
            settled = await settle(session, branch, wishes, days, "imported", by, now)
            is_applied = mode == "each" or not (fates or settled.refused)
            if not is_applied:
                raise _NotApplied
    for n, wish in enumerate(wishes):
        outcome: Outcome = "added"
        if wish.code in settled.refused:
            outcome = "refused"
        elif wish.code in settled.unchanged:
            outcome = "same"
        elif wish.code in settled.changed:
            outcome = "changed"
        met = settled.refused.get(wish.code) or settled.notices.get(wish.code, [])
        fates.append(fate(n, outcome, tuple(each.sentence for each in met[:5])))
    fates.sort(key=lambda each: each.index)
    return Imported(is_applied, tuple(fates))
