"""Which scope a transaction is in, changed on its way."""

from data.session import Question, Scope


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
