"""Cases with all that the gate must know to answer for them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from collection.gate.evaluate import OF_DAYS, Rulebook, day_hours, hits_at
from collection.gate.facts import CaseFacts, Contact
from collection.gate.hit import Closed, Hit
from collection.gate.hours import ContactHours
from collection.gate.kinds import KINDS


@dataclass(frozen=True, slots=True)
class CaseToAsk:
    """A case in scope and what is known of it; `agent_id` is who has it for visits."""

    case_id: UUID
    branch_id: UUID
    customer_id: UUID
    account_id: UUID
    agent_id: UUID | None
    product_code: str
    facts: CaseFacts

    def facts_json(self) -> dict[str, Any]:
        """What rules were told of the case, as decisions keep it."""
        facts = self.facts
        return {
            "zone": facts.zone,
            "zones": list(facts.zones),
            "product": self.product_code,
            "product_class": facts.product_class,
            "actor_class": facts.actor_class,
            "attempts": len(facts.attempts),
            "missed_meetings": facts.missed,
        }


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate for some cases around a day: by case, and the rulebooks by branch."""

    cases: Mapping[UUID, CaseToAsk]
    books: Mapping[UUID, Rulebook]

    def book_of(self, case: CaseToAsk) -> Rulebook:
        """The rules that bind a case."""
        return self.books[case.branch_id]

    def of_time(self) -> "Gate":
        """The same with what is about days and times alone: rules of hours, weekdays and holidays,
        and what customers asked for; not how often, where or with whom."""
        books = {
            branch_id: Rulebook(
                tuple(r for r in book.rules if KINDS[type(r.body.params)] in OF_DAYS), book.local
            )
            for branch_id, book in self.books.items()
        }
        return Gate(self.cases, books)

    def hours(self, day: date, contact: Contact) -> dict[UUID, ContactHours]:
        """When each case may be contacted on the local day of its branch."""
        shared: dict[UUID, dict[Any, list[Closed]]] = {branch: {} for branch in self.books}
        return {
            case.case_id: day_hours(
                self.book_of(case), case.facts, contact, day, shared[case.branch_id]
            )
            for case in self.cases.values()
        }

    def hits(self, case_id: UUID, contact: Contact, at: datetime) -> tuple[Hit, ...]:
        """All that is against contacting a case at an instant."""
        case = self.cases[case_id]
        return hits_at(self.book_of(case), case.facts, contact, at)


def rulebook_json(book: Rulebook) -> list[dict[str, Any]]:
    """Which versions of which rules a book holds, in a fixed order."""
    return [
        {"rule_id": str(rule.id), "version": rule.version, "code": rule.body.code}
        for rule in sorted(book.rules, key=lambda rule: (rule.body.code, rule.id.bytes))
    ]


def digest(book: Rulebook) -> str:
    """A name for exactly these versions of rules."""
    versions = sorted(f"{rule.id}:{rule.version}" for rule in book.rules)
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()[:32]
