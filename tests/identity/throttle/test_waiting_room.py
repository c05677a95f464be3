"""The waiting room: who is called in when, and who is sent away."""

import asyncio

import pytest

from identity.errors import SignInCrowd, TooManySignIns
from identity.throttle.waiting_room import (
    FORGOTTEN_AFTER_S,
    MOST_TRIES,
    TriesLately,
    WaitingRoom,
    network_of,
)


async def called_in(arrivals: list[str]) -> list[str]:
    """The order in which those who arrive together get in one by one."""
    room = WaitingRoom(1)
    order: list[str] = []

    async def go(number: int, network: str) -> None:
        async with room.place(network):
            order.append(f"{network}{number}")
            await asyncio.sleep(0)

    await asyncio.gather(*(go(number, network) for number, network in enumerate(arrivals)))
    return order


async def test_who_tried_least_goes_first_and_among_those_the_newest() -> None:
    assert await called_in(["a", "a", "a", "b", "c", "b"]) == ["a0", "c4", "b3", "b5", "a1", "a2"]


async def test_who_is_not_called_in_for_long_is_sent_away_and_leaves_no_gap() -> None:
    room = WaitingRoom(1, most_wait_s=0.01)
    async with room.place("a"):
        with pytest.raises(SignInCrowd):
            await room.place("b").__aenter__()
    async with asyncio.timeout(30), room.place("c"):
        pass


async def test_a_full_room_sends_away_whoever_stands_last() -> None:
    room = WaitingRoom(1, most_waiting=2)
    held = room.place("guesser")
    await held.__aenter__()
    guesses = [asyncio.create_task(room.place("guesser").__aenter__()) for _ in range(2)]
    await asyncio.sleep(0)
    new = asyncio.create_task(room.place("new").__aenter__())
    with pytest.raises(SignInCrowd):
        await guesses[1]
    with pytest.raises(SignInCrowd):  # nobody stands behind whoever has tried most often
        await room.place("guesser").__aenter__()
    await held.__aexit__(None, None, None)
    async with asyncio.timeout(30):
        await new
    guesses[0].cancel()


async def test_who_gives_up_holds_nobody_up() -> None:
    room = WaitingRoom(1)
    held = room.place("a")
    await held.__aenter__()
    stays, gone = (asyncio.create_task(room.place(n).__aenter__()) for n in ("b", "c"))
    await asyncio.sleep(0)
    await held.__aexit__(None, None, None)  # called in is the newest, who goes at the same moment
    gone.cancel()
    async with asyncio.timeout(30):
        await stays


async def test_a_lone_refusal_is_told_at_once_and_a_crowd_is_kept_waiting() -> None:
    room = WaitingRoom(1, most_wait_s=30)
    async with asyncio.timeout(30):
        with pytest.raises(TooManySignIns) as refused:
            await room.turn_away("a", 7)
    assert refused.value.retry_after_s == 7
    assert not isinstance(refused.value, SignInCrowd)
    crowd = [asyncio.create_task(room.turn_away("a", 7)) for _ in range(100)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert sum(not task.done() for task in crowd) == 80
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


def test_tries_are_forgotten_one_by_one() -> None:
    now_s = 0.0
    tries = TriesLately(lambda: now_s)
    assert [tries.add("a") for _ in range(3)] == [0, 1, 2]
    assert tries.add("b") == 0
    now_s += 2 * FORGOTTEN_AFTER_S
    assert tries.add("a") == 1
    for _ in range(2 * MOST_TRIES):
        tries.add("a")
    assert tries.add("a") == MOST_TRIES
    now_s += (MOST_TRIES + 2) * FORGOTTEN_AFTER_S
    assert tries.add("a") == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient:1", "testclient:1"),
        ("", ""),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network
