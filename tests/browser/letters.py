"""The e-mails a person was sent."""

import re
from email.message import EmailMessage

from tests.servers import LivePortal


def newest(portal: LivePortal, to: str, subject: str) -> EmailMessage:
    """The last e-mail to this address whose subject holds these words; waits until the worker has sent it."""
    found = portal.wait_for(
        lambda: [one for one in portal.outbox(to) if subject.lower() in str(one["Subject"]).lower()],
        f"an e-mail “{subject}” to {to}",
    )
    return found[-1]


def text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return part.get_content()


def html(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return part.get_content()


def link(portal: LivePortal, to: str, subject: str) -> str:
    """The address that the newest such e-mail leads to, the same in its text and behind its button."""
    message = newest(portal, to, subject)
    found = re.search(rf"{re.escape(portal.base_url)}/\S+", text(message))
    assert found, text(message)
    assert found.group(0) in html(message)
    return found.group(0)


def files(message: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}
