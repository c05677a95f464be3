"""Why a file cannot be opened yet, or ever."""

from dataclasses import dataclass

from core.errors import Refused, Unavailable
from core.said import say


@dataclass(eq=False)
class FileNotScanned(Unavailable):
    """The file waits to be looked through for malware."""

    id: str

    @property
    def detail(self) -> str:
        return say("Try again in a minute; while the scanner cannot be reached, files wait")


@dataclass(eq=False)
class FileQuarantined(Refused):
    """The file is in quarantine: there is malware in it."""

    id: str
    found: str

    @property
    def detail(self) -> str:
        return say("The scanner found {found}; nobody can open it", found=self.found)
