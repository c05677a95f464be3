"""Cash limits: a supervisor opens these when an agent can take no more, or before a market day, to
decide how much somebody may carry."""

from collections.abc import Sequence
from uuid import UUID

from collection.custody.limits.store import LimitLine, PastChange
from identity.permission import Permission
from map_ui.administration.page import Desk, admin_page


def limits(desk: Desk, lines: Sequence[LimitLine], *, q: str, next_url: str | None) -> str:
    """Whose limit is how high, how much of it is in hand, and which changes wait."""
    return admin_page(
        "cash_limits.html", desk, "/admin/cash-limits", lines=lines, q=q, next_url=next_url,
    )  # fmt: skip


def limit(
    desk: Desk, line: LimitLine, history: Sequence[PastChange], *, viewer_id: UUID
) -> str:  # fmt: skip
    """One agent's limit: lowered here at once, raised by two."""
    return admin_page(
        "cash_limit.html", desk, "/admin/cash-limits", line=line, history=history,
        viewer_id=viewer_id, may_decide=Permission.SUPERVISION_ACT in desk.permissions,
    )  # fmt: skip
