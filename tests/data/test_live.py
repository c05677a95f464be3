"""The live bus: what is announced reaches readers after the commit, and only then."""

import pytest

from core.ids import new_id
from data.live import Change, LiveBus, LiveFeedAway, announce
from data.session import EVERYTHING, Database


async def test_changes_are_read_in_order_from_where_one_left_off(live: LiveBus) -> None:
    start = await live.last_id()
    branch = new_id()
    assert await live.publish([Change(branch, "stop", {"n": n}) for n in range(3)])
    found = await live.read(start)
    assert [(change.branch_id, change.body) for _, change in found] == [
        (branch, {"n": n}) for n in range(3)
    ]
    rest = await live.read(found[0][0])
    assert [change.body["n"] for _, change in rest] == [1, 2]
    assert await live.reaches_back_to(found[0][0])


async def test_a_restart_of_redis_tells_readers_to_start_over(live: LiveBus) -> None:
    await live.publish([Change(new_id(), "stop", {})])
    known = await live.last_id()
    await live.forget()
    assert not await live.reaches_back_to(known)


async def test_nothing_is_told_of_what_was_rolled_back(database: Database, live: LiveBus) -> None:
    start = await live.last_id()
    with pytest.raises(RuntimeError):  # noqa: PT012 - the block is the transaction
        async with database.transaction(EVERYTHING) as session:
            announce(session, new_id(), "stop", {})
            raise RuntimeError
    assert await live.read(start, block_ms=1) == []
    async with database.transaction(EVERYTHING) as session:
        announce(session, new_id(), "stop", {})
        assert await live.read(start, block_ms=1) == []
    assert len(await live.read(start)) == 1


async def test_without_redis_facts_go_on_and_questions_say_so() -> None:
    away = LiveBus("redis://127.0.0.1:1/0")
    assert not await away.publish([Change(new_id(), "stop", {})])
    for question in (away.last_id(), away.read("0-0"), away.reaches_back_to("1-1"), away.ping()):
        with pytest.raises(LiveFeedAway):
            await question
    await away.close()
