"""Take in what a target answered, and send again what it rejected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.exports import store
from collection.exports.errors import ExportFileNotFound, ExportTargetNotFound, NotRejected
from collection.exports.file import read_answers
from collection.exports.record import LineState
from data.session import Session


@dataclass(frozen=True, slots=True)
class TakenAnswers:
    """How many lines were answered, how many had that answer already, and what fits no line."""

    answered: int
    unchanged: int
    problems: Sequence[store.AnswerProblem]


async def take_answers(
    session: Session, target_id: UUID, content: bytes, now: datetime
) -> TakenAnswers:
    """Take in a file of answers, line by line; the same again changes nothing.

    Raises `ExportTargetNotFound`, or `InvalidField` for a file that cannot be read; then nothing of
    it is used.
    """
    if await store.target(session, target_id, lock=True) is None:
        raise ExportTargetNotFound(str(target_id))
    answers = read_answers(content)
    return TakenAnswers(*await store.answer(session, target_id, answers, now))


async def send_again(
    session: Session, file_id: UUID, line: int, staff_id: UUID, now: datetime
) -> None:
    """Put a rejected record into the next file. Again, it changes nothing.

    Raises `ExportFileNotFound` or `NotRejected`.
    """
    state = await store.resend(session, file_id, line, staff_id, now)
    if state is None:
        raise ExportFileNotFound(f"{file_id}, line {line}")
    if state != LineState.REJECTED:
        raise NotRejected(line, state)
