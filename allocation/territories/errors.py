"""What can go wrong with territories."""

from dataclasses import dataclass
from typing import Any

from core.errors import Conflict, NotFound


@dataclass(eq=False)
class TerritoryNotFound(NotFound):
    """There is no such territory in the branch."""

    territory: str


@dataclass(eq=False)
class TerritoriesOverlap(Conflict):
    """This territory shares ground or pin codes with another one."""

    overlaps: list[dict[str, Any]]

    @property
    def detail(self) -> str:
        return "; ".join(each["sentence"] for each in self.overlaps[:5])
