"""What can go wrong with receipts."""

from dataclasses import dataclass

from core.errors import Invalid


@dataclass(eq=False)
class ModeNotTakenHere(Invalid):
    """Payments of this kind are not taken here."""

    mode: str
    country: str
    modes: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"mode: one of {', '.join(self.modes)}; {self.mode} is not taken in {self.country}"
