"""Say when a center meets, and which groups its members form."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from collection.centers import store
from collection.centers.errors import CenterNotFound
from collection.centers.schedule import Schedule
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.errors import BranchNotFound
from identity.store import branch_by_code


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a center's members, by the lender's numbers of the customers."""

    code: str
    name: str
    customers: Sequence[str]


async def set_schedule(
    session: Session, branch_code: str, center_code: str, schedule: Schedule
) -> None:
    """Say when a center of a branch in scope meets. Raises `BranchNotFound` or `CenterNotFound`."""
    branch_id, center_id = await _center(session, branch_code, center_code)
    await store.put_schedule(session, center_id, branch_id, schedule)


async def form_groups(
    session: Session, branch_code: str, center_code: str, groups: Sequence[Group]
) -> None:
    """Have a center exactly these groups; members named in none stand outside of groups.

    Raises `BranchNotFound`, `CenterNotFound`, or `InvalidField` for a code or a customer that comes
    twice and for customers who are no members of the center.
    """
    branch_id, center_id = await _center(session, branch_code, center_code)
    _once("groups.code", (group.code for group in groups), "each group once")
    _once(
        "groups.customers", (ref for group in groups for ref in group.customers),
        "each customer in one group",
    )  # fmt: skip
    of = {ref: group.code for group in groups for ref in group.customers}
    strangers = sorted(of.keys() - await store.member_refs(session, center_id))
    if strangers:
        told = ", ".join(strangers[:20])
        raise InvalidField(
            "groups.customers", say("members of the center; not these: {told}", told=told)
        )
    names = {group.code: group.name for group in groups}
    await store.put_groups(session, center_id, branch_id, names, of)


def _once(field: str, values: Iterable[str], expected: str) -> None:
    twice = sorted(value for value, times in Counter(values).items() if times > 1)
    if twice:
        raise InvalidField(
            field,
            say("{expected}; twice there: {twice}", expected=expected, twice=", ".join(twice[:20])),
        )


async def _center(session: Session, branch_code: str, center_code: str) -> tuple[UUID, UUID]:
    branch = await branch_by_code(session, branch_code)
    if branch is None:
        raise BranchNotFound(branch_code)
    center_id = await store.center_id(session, branch.id, center_code)
    if center_id is None:
        raise CenterNotFound(center_code)
    return branch.id, center_id
