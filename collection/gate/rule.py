"""A contact rule: what it asks, of whom, by which source, and since when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from collection.gate.kinds import Params


class Channel(StrEnum):
    """How a customer is contacted."""

    VISIT = "visit"
    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    IVR = "ivr"
    LETTER = "letter"
    APP_PUSH = "app_push"


class Effect(StrEnum):
    """What follows when a rule is not met. All but `warn` refuse the contact.

    `require_override` and `require_evidence` refuse it until somebody has recorded a contact fact
    of that name (``override``, ``evidence``) for the rule and the customer.
    """

    BLOCK = "block"
    WARN = "warn"
    REQUIRE_OVERRIDE = "require_override"
    REQUIRE_EVIDENCE = "require_evidence"


class Status(StrEnum):
    """Only rules in force are asked. A draft is no law yet; one that is off was turned off."""

    IN_FORCE = "in_force"
    DRAFT = "draft"
    OFF = "off"


class ZoneBasis(StrEnum):
    """By whose clock a rule is read. `all_candidates`: by every zone the person may be in."""

    ACCOUNT_BRANCH = "account_branch"
    ADDRESS = "address"
    PERSON_LOCATION = "person_location"
    ALL_CANDIDATES = "all_candidates"


class CountsOn(StrEnum):
    """What contacts are counted together: those about one debt, or all with one person."""

    PERSON_ACCOUNT = "person_account"
    PERSON = "person"


class ProductClass(StrEnum):
    """What a product is to the law."""

    CONSUMER = "consumer"
    BUSINESS = "business"
    VEHICLE = "vehicle"
    MORTGAGE = "mortgage"
    CARD = "card"
    DIGITAL = "digital"
    MICROFINANCE = "microfinance"
    BILL = "bill"


class ActorClass(StrEnum):
    """What the one who collects is to the law."""

    BANK = "bank"
    NBFC = "nbfc"
    MFI = "mfi"
    THIRD_PARTY = "third_party"


@dataclass(frozen=True, slots=True)
class RuleBody:
    """What a rule says. Empty classes or channels mean all of them.

    `jurisdiction` is ISO 3166-1 or 3166-2; a rule binds the branches of that country.
    `effective_to` is the first day on which it does not hold any more. `is_verified` says whether
    the rule was read in its own source. Lower `precedence` is named first; all rules hold.
    """

    code: str
    title: str
    jurisdiction: str
    regime: str
    citation: str
    source_url: str | None
    is_verified: bool
    params: Params
    product_classes: frozenset[ProductClass] = frozenset()
    actor_classes: frozenset[ActorClass] = frozenset()
    channels: frozenset[Channel] = frozenset()
    tz_basis: ZoneBasis = ZoneBasis.ACCOUNT_BRANCH
    counts_on: CountsOn = CountsOn.PERSON_ACCOUNT
    effect: Effect = Effect.BLOCK
    precedence: int = 100
    status: Status = Status.IN_FORCE
    effective_from: date = date(2000, 1, 1)
    effective_to: date | None = None

    def is_effective(self, day: date) -> bool:
        """Whether the rule holds on a local day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


@dataclass(frozen=True, slots=True)
class Rule:
    """A version of a rule. A change makes the next version; the former ones are kept."""

    id: UUID
    version: int
    body: RuleBody


COUNTRIES = {
    "GB": "United Kingdom", "ID": "Indonesia", "IN": "India", "US": "United States",
}  # fmt: skip


def source_of(body: RuleBody) -> str:
    """Where a rule is from, for the end of a sentence: ``Indonesia, POJK 22/2023 art. 62``."""
    country = COUNTRIES.get(body.jurisdiction[:2], body.jurisdiction)
    return f"{country}, {body.citation}"
