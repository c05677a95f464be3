"""Add a rule of a branch, or change one: the next version beside the former ones."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from collection.gate.errors import RuleChanged, RuleCodeTaken, RuleNotFound
from collection.gate.rule import Rule, Status
from collection.gate.rulebook import store
from collection.gate.rulebook.read_body import body_json, read_body
from collection.gate.rulebook.store import RuleVersion, Written
from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session
from identity.errors import BranchNotFound
from identity.store import branch_by_code


async def branch_id_of(session: Session, code: str) -> UUID:
    """A branch in scope by its code. Raises `BranchNotFound`."""
    branch = await branch_by_code(session, code)
    if branch is None:
        raise BranchNotFound(code)
    return branch.id


async def add_rule(
    session: Session, branch: str, raw: Mapping[str, Any], written: Written
) -> RuleVersion:
    """Add a rule that binds a branch in scope and those below it.

    Raises `BranchNotFound`, `InvalidField` or `RuleCodeTaken`.
    """
    body = read_body(raw)
    branch_id = await branch_id_of(session, branch)
    added = await store.add_version(session, branch_id, Rule(new_id(), 1, body), written)
    newest = (await store.own_rules(session, branch_id))[body.code]
    if not added:
        raise RuleCodeTaken(body.code, str(newest.rule.id))
    return newest


async def change_rule(
    session: Session, rule_id: UUID, seen_version: int, raw: Mapping[str, Any], written: Written
) -> RuleVersion:
    """Have a rule say something else from now on; its code stays. The same again changes nothing.

    Raises `RuleNotFound`, `InvalidField`, or `RuleChanged` when `seen_version` is not the newest.
    """
    body = read_body(raw)
    newest = await _newest(session, rule_id)
    if newest.rule.body == body and newest.rule.version in (seen_version, seen_version + 1):
        return newest
    if newest.rule.version != seen_version:
        raise RuleChanged(str(rule_id), newest.rule.version)
    if body.code != newest.rule.body.code:
        raise InvalidField("code", say("{code}: a rule keeps its code", code=newest.rule.body.code))
    following = Rule(rule_id, seen_version + 1, body)
    if not await store.add_version(session, newest.branch_id, following, written):
        raise RuleChanged(str(rule_id), seen_version + 1)
    return await _newest(session, rule_id)


async def set_status(
    session: Session, rule_id: UUID, seen_version: int, status: Status, written: Written
) -> RuleVersion:
    """Put a rule in force, or turn it off. Raises what `change_rule` raises."""
    newest = await _newest(session, rule_id)
    raw = body_json(newest.rule.body) | {"status": status}
    return await change_rule(session, rule_id, seen_version, raw, written)


async def _newest(session: Session, rule_id: UUID) -> RuleVersion:
    found = await store.versions(session, rule_id)
    # Rules of the branches above can be read, and are changed by those who see these branches.
    if not found or found[0].branch is None:
        raise RuleNotFound(str(rule_id))
    return found[0]
