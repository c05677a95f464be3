"""What a customer can consent to."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What personal data is used for beyond what the contract and the law ask for."""

    CONTACT_BY_MESSAGE = "contact_by_message"
    CONTACT_AT_WORK = "contact_at_work"
    CONTACT_OF_RELATIVES = "contact_of_relatives"
    PHOTOGRAPHS = "photographs"
    CALL_RECORDING = "call_recording"
    ANALYSIS = "analysis"


class Basis(StrEnum):
    """What makes a use lawful: the customer's word, or something that needs none."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_DUTY = "legal_duty"
    LEGITIMATE_INTEREST = "legitimate_interest"


@dataclass(frozen=True, slots=True)
class Consent:
    """A purpose and its basis, through a last day or until it is withdrawn."""

    id: UUID
    purpose: Purpose
    basis: Basis
    evidence: str
    given_at: datetime
    last_day: date | None
    recorded_by: UUID
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
