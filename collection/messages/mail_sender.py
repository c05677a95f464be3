"""Sends messages as e-mail."""

from collection.messages.errors import NotSentYet, NotTaken
from collection.messages.message import Purpose
from collection.messages.sender import Outgoing
from collection.messages.wording import SUBJECTS
from core.mail import Mail, MailNotSentYet, MailNotTaken, Post


class MailSender:
    """Hands each message to a mail server, with a subject in its language."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def send(self, message: Outgoing) -> str:
        """Hand a message over, as `Sender.send` says."""
        subject = SUBJECTS[Purpose(message.purpose)][message.language]
        mail = Mail(str(message.id), message.to, subject, message.text, message.language)
        try:
            return await self._post.send(mail)
        except MailNotSentYet as failed:
            raise NotSentYet(None) from failed
        except MailNotTaken as refused:
            raise NotTaken(str(refused)) from refused
