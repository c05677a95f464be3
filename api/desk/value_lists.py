"""What can be chosen for contacts and root causes: lists in versions, by branch."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.deps import Admin, Desk, Now, Read, Tx
from api.desk.note_bodies import Code
from api.routing import Router
from api.schemas import Answer, Body, Day, Text
from collection.field_notes.values.publish_list import publish_list
from collection.field_notes.values.store import value_list
from collection.field_notes.values.value_list import Asks, Reaches, Topic, Value, ValueList
from core.clock import local_day
from identity.store import branch_by_code

router = Router(prefix="/v1", tags=["desk: lists of values"])


Language = Annotated[str, Field(pattern="^[a-z]{2}$", description="ISO 639-1")]


class ValueBody(Body):
    """A code below its parent. `labels` tell it in other languages; whoever speaks none of them
    reads `label`. `reaches` is of contacts, the topmost codes; `asks` what must be said beside it.
    It can be chosen on its active days, both included."""

    code: Code
    label: Text
    labels: Annotated[dict[Language, Text], Field(max_length=20)] = {}
    parent: Code | None = None
    reaches: Reaches | None = None
    asks: list[Asks] = []
    active_from: Day | None = None
    active_until: Day | None = None

    def value(self) -> Value:
        """The domain's value."""
        return Value(
            self.code, self.label, self.parent, self.reaches, frozenset(self.asks),
            self.active_from, self.active_until, self.labels,
        )  # fmt: skip


class ValueListBody(Body):
    """A whole new version of a list, parents before what stands below them."""

    values: Annotated[list[ValueBody], Field(min_length=1, max_length=500)]
    active_from: Day | None = Field(None, description="today without it")


class ValueAnswer(Answer):
    """A code of a list."""

    code: str
    label: str
    labels: dict[str, str]
    parent: str | None
    reaches: Reaches | None
    asks: list[Asks]
    active_from: date | None
    active_until: date | None


class ValueListAnswer(Answer):
    """A version of a list, in the order in which it is shown."""

    id: UUID
    topic: Topic
    version: int
    values: list[ValueAnswer]


def list_answer(found: ValueList) -> ValueListAnswer:
    """A list as it is answered."""
    values = [
        ValueAnswer(
            code=v.code, label=v.label, labels=dict(v.labels), parent=v.parent, reaches=v.reaches,
            asks=sorted(v.asks), active_from=v.active_from, active_until=v.active_until,
        )
        for v in found.values.values()
    ]  # fmt: skip
    return ValueListAnswer.model_validate(
        {"id": found.id, "topic": found.topic, "version": found.version, "values": values}
    )


@router.get("/branches/{code}/value-lists/{topic}")
async def get_value_list(
    code: str, topic: Topic, caller: Desk, session: Read, now: Now
) -> ValueListAnswer:
    """The list that holds in a branch today: its own, else from above, else as shipped."""
    branch = await branch_by_code(session, code)
    return list_answer(
        await value_list(session, branch.id, topic, local_day(now, branch.zone))
    )  # fmt: skip


@router.put("/branches/{code}/value-lists/{topic}")
async def put_value_list(
    code: str, topic: Topic, body: ValueListBody, caller: Admin, session: Tx, now: Now
) -> ValueListAnswer:
    """Publish a new version for a branch and those below it. Codes that were chosen stay in it;
    give them a last day to end their use."""
    values = [value.value() for value in body.values]
    return list_answer(
        await publish_list(session, code, topic, values, body.active_from, caller.id, now)
    )
