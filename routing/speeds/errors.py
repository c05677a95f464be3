"""What can go wrong when speeds are learned or asked for."""

from dataclasses import dataclass

from core.errors import NotFound
from core.said import say


@dataclass(eq=False)
class NetworkNotFound(NotFound):
    """There is no street network of this name."""

    name: str
    known: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say(
            "{name}; there are: {join}", name=self.name, join=", ".join(self.known) or "none yet"
        )
