"""What can go wrong with evidence."""

from dataclasses import dataclass

from core.errors import NotFound
from core.said import say


@dataclass(eq=False)
class EvidenceNotFound(NotFound):
    """There is no sealed evidence of such a visit in your branches."""

    visit_id: str

    @property
    def detail(self) -> str:
        return say(
            "It is sealed when the visit is decided; visits from before that began have none"
        )
