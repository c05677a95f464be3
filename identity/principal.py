"""Who is asking, and what they may see."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from data.session import Scope


class Role(StrEnum):
    """What a person may do. Everybody has exactly one; a customer has no staff account."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ALLOCATION_MANAGER = "allocation_manager"
    CASH_DESK = "cash_desk"
    ADMIN = "admin"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated person, with the branches below and including their own."""

    id: UUID
    role: Role
    name: str
    branch_id: UUID
    branch_ids: tuple[UUID, ...]
    device_id: UUID | None = None

    @property
    def scope(self) -> Scope:
        """The rows they may see: their branches; an agent only their own; a customer none yet."""
        match self.role:
            case Role.CUSTOMER:
                return Scope(branch_ids=())
            case Role.AGENT:
                return Scope(branch_ids=self.branch_ids, agent_id=self.id)
            case _:
                return Scope(branch_ids=self.branch_ids)
