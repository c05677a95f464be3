"""What can go wrong with legal cases."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound


@dataclass(eq=False)
class LegalCaseNotFound(NotFound):
    """There is no such legal case among yours."""

    legal_case_id: str


@dataclass(eq=False)
class LegalCaseClosed(Conflict):
    """The legal case is closed."""

    legal_case_id: str


@dataclass(eq=False)
class HearingNotFound(NotFound):
    """There is no such hearing among yours."""

    hearing_id: str


@dataclass(eq=False)
class HearingNoted(Conflict):
    """What came of this hearing is noted already."""

    hearing_id: str
