"""A territory as people tell it, and which of them cannot stand beside each other."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from core.said import say

USUAL_PRECEDENCE = 100
SLIVER_SHARE = 0.01
"""Two shapes may share this much of the smaller one: borders drawn by hand never meet exactly."""

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
PINCODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,19}")
MOST_PINCODES = 2_000


@dataclass(frozen=True, slots=True)
class Territory:
    """What a territory is to be. `shape` is a MultiPolygon as WKB, in degrees, or None.

    It has a shape, pin codes, or both. Of two that cover the same place the one with the lower
    `precedence` (1 to 1000) goes first. `agent_ids` are those who work it.
    """

    code: str
    name: str
    shape: bytes | None
    pincodes: tuple[str, ...] = ()
    precedence: int = USUAL_PRECEDENCE
    agent_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """From when a territory is so, and until when; both days are included."""

    first: date
    last: date | None = None


class Overlap(NamedTuple):
    """Two territories of one precedence that share ground, or a pin code, on the same days.

    `code` is of the one that is to be; `other` is to be as well where `is_new`, else it stands.
    `share` is of the smaller one's area, `pincodes` the codes that both have.
    """

    code: str
    other: str
    other_name: str
    is_new: bool
    overlap_ha: float
    share: float
    pincodes: tuple[str, ...]

    @property
    def is_refused(self) -> bool:
        """Whether they cannot stand beside each other."""
        return bool(self.pincodes) or self.share > SLIVER_SHARE

    @property
    def sentence(self) -> str:
        """What is shared, with the numbers, and what would be right."""
        if self.pincodes:
            told = ", ".join(self.pincodes[:10])
            shared = say(
                "pin code {told} is also of {other} ({other_name})",
                told=told,
                other=self.other,
                other_name=self.other_name,
            )
        else:
            shared = say(
                "it shares {overlap_ha:,.1f} ha ({share:.0%} of the smaller) with {other} "
                "({other_name})",
                overlap_ha=self.overlap_ha,
                share=self.share,
                other=self.other,
                other_name=self.other_name,
            )
        return say("{shared}; change one, or give one of them a lower precedence", shared=shared)


def refusals(codes: Sequence[str], overlaps: Iterable[Overlap]) -> dict[str, list[Overlap]]:
    """Which of the territories in `codes`, in their order, cannot be, and what stands against each.

    One that stands is in nobody's way when it is itself replaced. Of two new ones the later yields.
    """
    against: dict[str, list[Overlap]] = {}
    for each in overlaps:
        if each.is_refused:
            against.setdefault(each.code, []).append(each)
    # Who is refused goes on standing as it is, and may then be in the way of others.
    remaining: set[str] = set()
    while True:
        refused = _refused(codes, against, remaining)
        if refused.keys() <= remaining:
            return refused
        remaining |= refused.keys()


def _refused(
    codes: Sequence[str], against: Mapping[str, list[Overlap]], remaining: Collection[str]
) -> dict[str, list[Overlap]]:
    replaced = set(codes) - set(remaining)
    accepted: set[str] = set()
    refused: dict[str, list[Overlap]] = {}
    for code in codes:
        in_the_way = [
            each
            for each in against.get(code, ())
            if (each.other in accepted if each.is_new else each.other not in replaced)
        ]
        if in_the_way:
            refused[code] = in_the_way
        else:
            accepted.add(code)
    return refused
