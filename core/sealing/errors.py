"""What can be wrong with keys and with what was sealed."""

from dataclasses import dataclass

from core.errors import Invalid, Refused
from core.said import say


@dataclass(eq=False)
class UnusableKey(Refused):
    """This key cannot be used."""

    reason: str

    @property
    def detail(self) -> str:
        return self.reason


@dataclass(eq=False)
class DamagedBox(Invalid):
    """Something sealed is damaged, cut short, or sealed for another key."""

    name: str

    @property
    def detail(self) -> str:
        return say(
            "{name} cannot be opened with this key, or is not as it was written", name=self.name
        )
