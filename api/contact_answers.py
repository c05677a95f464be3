"""What several audiences are told of contact rules."""

from typing import Literal
from uuid import UUID

from api.reader import Told
from api.schemas import Answer
from collection.gate.rule import Effect


class ContactReasonAnswer(Answer):
    """Something that speaks against a contact, in words with its source; `effect` `warn` refuses
    nothing. What is no rule (the branch's hours, a customer's wish, a hold) has no `rule_id`."""

    code: str
    kind: str
    effect: Effect
    text: Told
    rule_id: UUID | None
    version: int | None


class ContactAnswer(Answer):
    """What contact rules say of a contact. A check-in is taken down whatever they say."""

    is_allowed: bool
    flags: list[Literal["outside_contact_hours", "contact_not_allowed"]]
    hits: list[ContactReasonAnswer]
