"""What is known of a case when the gate is asked, and what it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from collection.gate.kinds import FactName, HoldKind, Party, PlaceKind
from collection.gate.rule import ActorClass, Channel, ProductClass
from core.said import say


@dataclass(frozen=True, slots=True)
class Preference:
    """What a customer asked for. It narrows the channels named (all, when none is).

    Times are seconds of the clock's day, half-open; `weekdays` empty means any.
    """

    channels: frozenset[Channel] = frozenset()
    weekdays: tuple[int, ...] = ()
    not_before_s: int = 0
    not_after_s: int = 86_400
    places_banned: frozenset[PlaceKind] = frozenset()
    is_opted_out: bool = False
    first_day: date = date.min
    last_day: date = date.max


@dataclass(frozen=True, slots=True)
class Hold:
    """A time in which a customer is left alone; both days belong to it."""

    kind: HoldKind
    first_day: date
    last_day: date = date.max


@dataclass(frozen=True, slots=True)
class Tagged:
    """A word on the case that keeps it from everybody, until `last_day`, which belongs to it."""

    word: str
    last_day: date = date.max


@dataclass(frozen=True, slots=True)
class Attempt:
    """A contact that was made, or was tried. `is_same_account`: it was about this debt."""

    channel: Channel
    at: datetime
    is_conversation: bool
    is_same_account: bool
    is_inbound: bool = False


@dataclass(frozen=True, slots=True)
class KnownFact:
    """Something on record for the customer or the agent; both days belong to it.

    `name` is a `FactName`, or ``override`` or ``evidence`` of the rule `rule_code`.
    """

    name: str
    first_day: date
    last_day: date = date.max
    rule_code: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that rules ask of a case. Unknown classes are None: every rule is taken to apply.

    `zones` are all zones that the person may be in, `zone` the branch's among them. `missed` is
    how many meetings were missed in a row up to the day, None when none is on record.
    """

    zone: str
    zones: tuple[str, ...]
    country: str
    opens_s: int
    closes_s: int
    product_class: ProductClass | None = None
    actor_class: ActorClass | None = None
    preferences: tuple[Preference, ...] = ()
    holds: tuple[Hold, ...] = ()
    tags: tuple[Tagged, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    known: tuple[KnownFact, ...] = ()
    missed: int | None = None

    def has(self, name: str, day: date, rule_code: str | None = None) -> bool:
        """Whether something is on record for a day."""
        return any(
            fact.name == name and fact.rule_code == rule_code
            and fact.first_day <= day <= fact.last_day
            for fact in self.known
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """How, where and with whom a contact is to be."""

    channel: Channel = Channel.VISIT
    place: PlaceKind = PlaceKind.ON_FILE
    party: Party = Party.CUSTOMER


HOME_VISIT = Contact()
"""A visit of the customer at the address on file: what rounds are made of."""

FACT_WORDS: Mapping[FactName, str] = {
    FactName.AGENT_CERTIFICATE_VALID: say("a valid certificate of the agent"),
    FactName.AGENT_INTIMATED_BORROWER: say("that the customer was told who the agent is"),
    FactName.VISIT_NOTICE_GIVEN: say("a notice of the visit"),
    FactName.VALIDATION_NOTICE_SENT: say("a validation notice"),
}
