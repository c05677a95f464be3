"""What can go wrong with contact rules."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound
from core.said import say


@dataclass(eq=False)
class PackNotFound(NotFound):
    """There is no such pack of contact rules."""

    pack: str
    packs: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say("There are: {packs}", packs=", ".join(self.packs))


@dataclass(eq=False)
class RuleNotFound(NotFound):
    """There is no such contact rule that you may change."""

    rule_id: str

    @property
    def detail(self) -> str:
        return say("Rules of the branches above yours are changed there")


@dataclass(eq=False)
class RuleCodeTaken(Conflict):
    """The branch has a rule of this code."""

    rule_code: str
    rule_id: str

    @property
    def detail(self) -> str:
        return say("Change that one, {rule_id}, or choose another code", rule_id=self.rule_id)


@dataclass(eq=False)
class RuleChanged(Conflict):
    """Somebody else has changed this rule."""

    rule_id: str
    version: int

    @property
    def detail(self) -> str:
        return say(
            "Look at version {version}; then send your change with that version",
            version=self.version,
        )


@dataclass(eq=False)
class RecordNotFound(NotFound):
    """There is nothing on record by this id that could be ended."""

    record_id: str
