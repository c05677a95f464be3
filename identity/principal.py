"""Who is asking, and what they may see."""

from dataclasses import dataclass
from uuid import UUID

from data.session import Scope
from identity.permission import Permission
from identity.role import Role

__all__ = ["Principal", "Role"]


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated person, with the branches below and including their own.

    `language` is the one they have chosen for the office's pages, None without a choice.
    """

    id: UUID
    role: Role
    name: str
    branch_id: UUID
    branch_ids: tuple[UUID, ...]
    permissions: frozenset[Permission]
    device_id: UUID | None = None
    language: str | None = None
    proof_key: bytes | None = None
    """The thumbprint of the key that each request must show, where the token is bound to one."""
    must_be_bound: bool = False
    """Whether a token that is not bound opens nothing here."""

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
