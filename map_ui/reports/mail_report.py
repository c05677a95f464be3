"""Send a report that was made to whom its reader asked for."""

from datetime import date
from uuid import UUID

from core.mail import Attachment, Mail, Post
from data.session import EVERYTHING, Database
from map_ui.figures_file import MEDIA_TYPES
from map_ui.reports import store


async def mail_report(
    database: Database, post: Post, subscription_id: UUID, last_day: date
) -> bool:
    """Hand a report to the mail server. False where nobody wants it by e-mail any more.

    No transaction is open while the server is waited for. Raises `MailNotSentYet` or
    `MailNotTaken`.
    """
    async with database.transaction(EVERYTHING, read_only=True) as session:
        wanted = await store.to_mail(session, subscription_id, last_day)
    if wanted is None:
        return False
    media_type = next(kind for ending, kind in MEDIA_TYPES.items() if wanted.name.endswith(ending))
    days = f"{last_day}" if wanted.first_day == last_day else f"{wanted.first_day} to {last_day}"
    text = (
        f"The figures of {wanted.branch}, {days}, are in the file that comes with this mail.\n\n"
        "You asked for it on the page of dashboards, under Reports; there you can stop it.\n"
    )
    mail = Mail(
        f"report-{subscription_id}-{last_day}", wanted.email, f"Figures of {wanted.branch}, {days}",
        text, attachments=[Attachment(wanted.name, media_type, wanted.content)],
    )  # fmt: skip
    await post.send(mail)
    return True
