"""What every kind of change to a scenario's branches can tell and do."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from allocation.scenarios.field import Field, TerritoryKey


@dataclass(frozen=True, slots=True)
class Named:
    """The branches, agents and territories that a change names; they must exist."""

    branches: tuple[UUID, ...] = ()
    agents: tuple[UUID, ...] = ()
    territories: tuple[TerritoryKey, ...] = ()


class Change(ABC):
    """One change of a scenario."""

    __slots__ = ()

    def named(self) -> Named:
        """Whom it is about."""
        return Named()

    @abstractmethod
    def applied(self, field: Field) -> Field:
        """The branches as they would be. Raises `InvalidField` for what cannot be."""
