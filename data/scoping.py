"""Questions of several callers in one transaction, each asked in its own caller's scope."""

from collections.abc import Sequence
from typing import Any, TypeVar

from data.session import Question, Scope, Session, ask_together

A = TypeVar("A")
B = TypeVar("B")


def seeing(scope: Scope) -> Question[None]:
    """Has the transaction see this scope from here on."""
    return Question(
        "SELECT set_config('roundsman.branches', :branches, true),"
        " set_config('roundsman.agent', :agent, true)",
        {
            "branches": scope.branches_setting,
            "agent": str(scope.agent_id) if scope.agent_id else "",
        },
        lambda _: None,
    )


async def ask_each_in(
    session: Session, asked: Sequence[tuple[Scope, Question[A], Question[B]]]
) -> list[tuple[A, B]]:
    """The answers to two questions in each of these scopes, one after the other, sent together.

    Afterwards the transaction sees the last of them, until it is told otherwise. Raises as `rows`.
    """
    sent: list[Question[Any]] = []
    for scope, one, two in asked:
        sent += [seeing(scope), one, two]
    answers: Sequence[Any] = await ask_together(session, *sent)
    return list(zip(answers[1::3], answers[2::3], strict=True))
