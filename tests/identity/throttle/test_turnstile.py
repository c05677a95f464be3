"""The turnstile: who passes when, and who is sent away."""

import asyncio

import pytest

from identity.errors import SignInCrowd
from identity.throttle.back_off import FIRST, LONGEST, TRIES, closed_until
from identity.throttle.turnstile import Turnstile
from tests.conftest import MONDAY_NINE


async def passed(arrivals: list[str]) -> list[str]:
    """The order in which those who arrive together pass one by one; a lane is a first letter."""
    turnstile = Turnstile(1)
    order: list[str] = []

    async def go(who: str) -> None:
        async with turnstile.turn(who[0]):
            order.append(who)
            await asyncio.sleep(0)

    await asyncio.gather(*(go(who) for who in arrivals))
    return order


async def test_a_crowd_from_one_place_does_not_keep_others_out() -> None:
    assert await passed(["a1", "a2", "a3", "a4", "b1", "c1"]) == [
        "a1", "a2", "b1", "c1", "a3", "a4",
    ]  # fmt: skip


async def test_too_many_are_sent_away() -> None:
    turnstile = Turnstile(1, most_waiting=3, most_in_lane=2)
    entered = asyncio.Event()

    async def go(lane: str) -> None:
        async with turnstile.turn(lane):
            await entered.wait()

    tasks = [asyncio.create_task(go(lane)) for lane in ("a", "a", "a", "b")]
    await asyncio.sleep(0)
    for lane in ("a", "c"):  # a full lane, and a full house
        with pytest.raises(SignInCrowd):
            await go(lane)
    entered.set()
    await asyncio.gather(*tasks)


async def test_who_gives_up_waiting_holds_nobody_up() -> None:
    turnstile = Turnstile(1)
    async with turnstile.turn("a"):
        gone = asyncio.create_task(turnstile.turn("b").__aenter__())
        stays = asyncio.create_task(turnstile.turn("c").__aenter__())
        await asyncio.sleep(0)
        gone.cancel()
    async with asyncio.timeout(30):
        await stays


async def test_who_gives_up_when_the_turn_has_come_passes_it_on() -> None:
    turnstile = Turnstile(1)
    held = turnstile.turn("a")
    await held.__aenter__()
    gone = asyncio.create_task(turnstile.turn("b").__aenter__())
    stays = asyncio.create_task(turnstile.turn("c").__aenter__())
    await asyncio.sleep(0)
    await held.__aexit__(None, None, None)
    gone.cancel()
    async with asyncio.timeout(30):
        await stays


@pytest.mark.parametrize(
    ("failed", "closed"),
    [(1, None), (TRIES - 1, None), (TRIES, FIRST), (TRIES + 1, 2 * FIRST), (TRIES + 2, 4 * FIRST),
     (TRIES + 4, LONGEST), (10**9, LONGEST)],
)  # fmt: skip
def test_each_wrong_password_closes_for_twice_as_long(failed: int, closed: object) -> None:
    until = closed_until(failed, MONDAY_NINE)
    assert (until and until - MONDAY_NINE) == closed
