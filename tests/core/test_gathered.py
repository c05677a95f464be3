"""Questions of many callers are answered together, each with its own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from core.gathered import Gathered


class Post:
    """Doubles numbers, one journey at a time; refuses thirteens."""

    def __init__(self) -> None:
        self.journeys: list[list[int]] = []
        self.is_away = False
        self.has_left = asyncio.Event()

    async def double(self, numbers: Sequence[int]) -> Sequence[int]:
        assert not self.is_away, "two journeys at once"
        self.is_away = True
        self.has_left.set()
        self.journeys.append(list(numbers))
        await asyncio.sleep(0.01)
        self.is_away = False
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


async def test_what_is_asked_meanwhile_goes_together_next() -> None:
    post = Post()
    gathered = Gathered(post.double, most_at_once=4)
    first = asyncio.create_task(gathered.ask(0))
    await post.has_left.wait()
    rest = await asyncio.gather(*map(gathered.ask, range(1, 7)))
    assert (await first, rest) == (0, [2, 4, 6, 8, 10, 12])
    assert post.journeys == [[0], [1, 2, 3, 4], [5, 6]]
    assert await gathered.ask(21) == 42


async def test_a_failed_journey_is_told_to_its_own_and_the_next_one_goes() -> None:
    post = Post()
    gathered = Gathered(post.double, most_at_once=2)
    told = await asyncio.gather(*map(gathered.ask, (12, 13, 14)), return_exceptions=True)
    assert [type(each) for each in told] == [ValueError, ValueError, int]
    assert len(gathered) == 0


async def test_who_goes_away_holds_up_nobody() -> None:
    gathered = Gathered(Post().double)
    gone, stays = (asyncio.create_task(gathered.ask(number)) for number in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await stays == 4


async def test_the_next_ones_are_answered_while_the_former_are_told_one_by_one() -> None:
    turns: list[str] = []

    async def answer(numbers: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0)
        turns.append(f"heard {list(numbers)}")
        return numbers

    async def ask(number: int) -> None:
        await gathered.ask(number)
        turns.append(f"told {number}")

    gathered = Gathered(answer, most_at_once=3)
    await asyncio.gather(*map(ask, range(4)))
    assert turns.index("heard [3]") < turns.index("told 2"), turns
    assert sorted(turns) == ["heard [0, 1, 2]", "heard [3]", *(f"told {n}" for n in range(4))]
