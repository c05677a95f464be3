"""What was answered to an action is given again for a time, and then forgotten."""

from datetime import timedelta

from core.ids import new_id
from data import replays
from data.session import EVERYTHING, Database
from tests.conftest import MONDAY_NINE

ROUTE = "POST /v1/anything"


async def test_an_answer_is_given_again_until_it_is_forgotten(own_database: Database) -> None:
    principal = new_id()
    async with own_database.transaction(EVERYTHING) as session:
        for key in ("old", "new"):
            at = MONDAY_NINE - (replays.KEPT if key == "old" else timedelta(0))
            claim = (principal, ROUTE, key, b"body", at - timedelta(seconds=1))
            assert await replays.claim(session, *claim) is None
            await replays.keep(session, principal, ROUTE, key, {"key": key})
            again = await replays.claim(session, *claim)
            assert again is not None
            assert again.response == {"key": key}
    assert await replays.forget_old(own_database, MONDAY_NINE) == 1
    async with own_database.transaction(EVERYTHING) as session:
        assert await replays.claim(session, principal, ROUTE, "new", b"body", MONDAY_NINE)
        assert await replays.claim(session, principal, ROUTE, "old", b"body", MONDAY_NINE) is None
