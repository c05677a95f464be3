"""Questions of many callers at once, asked together: one journey for all that came meanwhile."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Gathered(Generic[Q, A]):
    """Takes questions one by one and has them answered together.

    `answer_all` gives one answer for each question, in their order. It is called while there is
    something to answer, never twice at once: what is asked while it works goes together next.
    Where it fails, all whose questions it had are told so.
    """

    def __init__(
        self, answer_all: Callable[[Sequence[Q]], Awaitable[Sequence[A]]], most_at_once: int = 1_000
    ) -> None:
        self._answer_all = answer_all
        self._most_at_once = most_at_once
        self._asked: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._answering: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many questions wait for their turn."""
        return len(self._asked)

    async def ask(self, question: Q) -> A:
        """The answer to one question. Raises what `answer_all` raises."""
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._asked.append((question, answer))
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer())
        return await answer

    async def _answer(self) -> None:
        try:
            while self._asked:
                number = min(len(self._asked), self._most_at_once)
                taken = [self._asked.popleft() for _ in range(number)]
                waiting = [answer for _, answer in taken]
                try:
                    found = await self._answer_all([question for question, _ in taken])
                    answers = list(zip(waiting, found, strict=True))
                    telling = asyncio.create_task(_tell(answers))
                    self._telling.add(telling)
                    telling.add_done_callback(self._telling.discard)
                except Exception as error:
                    for answer in waiting:
                        if not answer.done():
                            answer.set_exception(error)
        finally:
            self._answering = None


async def _tell(answers: Sequence[tuple[asyncio.Future[A], A]]) -> None:
    """Give each its answer, one in each turn of the loop.

    All in one turn would keep the next answering, which has begun, from hearing what it waits for
    until the last of them has gone on.
    """
    for answer, its in answers:
        if not answer.done():  # whoever asked may have gone
            answer.set_result(its)
            await asyncio.sleep(0)
