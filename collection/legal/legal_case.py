"""A proceeding about a case: what it is, its hearings and costs, and how it ends."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.errors import InvalidField
from core.money import Money
from core.said import say


class LegalKind(StrEnum):
    """What kind of proceeding it is. In India `cheque_bounce` is a complaint under section 138 of
    the Negotiable Instruments Act, `secured_asset` one under SARFAESI, and `conciliation` a Lok
    Adalat."""

    NOTICE = "notice"
    ARBITRATION = "arbitration"
    CHEQUE_BOUNCE = "cheque_bounce"
    SECURED_ASSET = "secured_asset"
    CIVIL_SUIT = "civil_suit"
    CONCILIATION = "conciliation"
    INSOLVENCY = "insolvency"
    CRIMINAL_COMPLAINT = "criminal_complaint"
    OTHER = "other"


class LegalOutcome(StrEnum):
    """How a proceeding ended."""

    AWARDED = "awarded"
    SETTLED = "settled"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


class DocumentKind(StrEnum):
    """What a document of a proceeding is. A `filing` is what we gave the court, an `order` what it
    decided, and in India a `power_of_attorney` the advocate's vakalatnama."""

    NOTICE = "notice"
    FILING = "filing"
    SUMMONS = "summons"
    ORDER = "order"
    EVIDENCE = "evidence"
    POWER_OF_ATTORNEY = "power_of_attorney"
    SETTLEMENT = "settlement"
    BILL = "bill"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NewLegalCase:
    """A proceeding to put on record. With `holds_contact` nobody contacts the customer about this
    account until it is closed."""

    id: UUID
    case_id: UUID
    kind: LegalKind
    forum: str
    reference: str | None
    advocate: str | None
    advocate_phone: str | None
    filed_on: date | None
    holds_contact: bool


@dataclass(frozen=True, slots=True)
class Hearing:
    """A day before the court; `outcome` once somebody noted it."""

    id: UUID
    heard_on: date
    purpose: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What was spent."""

    id: UUID
    paid_for: str
    amount: Money
    spent_on: date


@dataclass(frozen=True, slots=True)
class Document:
    """A paper of a proceeding; `dated_on` is the day that it bears."""

    id: UUID
    kind: DocumentKind
    title: str
    dated_on: date | None
    media_type: str
    size_bytes: int
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class LegalCase:
    """A proceeding as it stands; hearings and costs by their days, documents as they came.
    `is_held` says that the customer is left alone for it now."""

    id: UUID
    case_id: UUID
    kind: LegalKind
    forum: str
    reference: str | None
    advocate: str | None
    advocate_phone: str | None
    filed_on: date | None
    is_held: bool
    opened_at: datetime
    closed_at: datetime | None
    outcome: LegalOutcome | None
    reason: str | None
    hearings: tuple[Hearing, ...]
    costs: tuple[Cost, ...]
    documents: tuple[Document, ...]
    spent: Money


def check_past(field: str, day: date | None, today: date) -> None:
    """Raises `InvalidField` for a day that is still to come."""
    if day is not None and day > today:
        raise InvalidField(field, say("{last} or earlier", last=today))


def check_heard(heard_on: date, next_on: date | None, today: date) -> None:
    """Raises `InvalidField` where a hearing is not yet, or the next one is not after it."""
    if heard_on > today:
        raise InvalidField("outcome", say("nothing before the hearing on {day}", day=heard_on))
    if next_on is not None and next_on <= heard_on:
        raise InvalidField("next_on", say("a day after {day}", day=heard_on))
