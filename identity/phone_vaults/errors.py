"""What can go wrong with a phone's vault."""

from dataclasses import dataclass

from core.errors import NotFound, Refused
from core.said import say


@dataclass(eq=False)
class VaultNotFound(NotFound):
    """There is no such phone vault."""

    vault_id: str

    @property
    def detail(self) -> str:
        return say("No vault {vault_id} among those you may use", vault_id=self.vault_id)


@dataclass(eq=False)
class VaultDestroyed(Refused):
    """This phone's vault was destroyed."""

    vault_id: str

    @property
    def detail(self) -> str:
        return say("Nothing on the phone can be read any more; ask the office, and sign in anew")


@dataclass(eq=False)
class VaultInUse(Refused):
    """This phone's vault is in use."""

    vault_id: str

    @property
    def detail(self) -> str:
        return say("Only what a destroyed vault has held can be handed in")


@dataclass(eq=False)
class SalvageFull(Refused):
    """This phone has handed in too much."""

    vault_id: str
    most_bytes: int

    @property
    def detail(self) -> str:
        return say("{most_bytes:,} bytes at most, all parts together", most_bytes=self.most_bytes)


@dataclass(eq=False)
class NothingSalvaged(NotFound):
    """This phone has handed nothing in."""

    vault_id: str

    @property
    def detail(self) -> str:
        return say("It does at its next contact, if it ever has one")
