"""The one mail sender: make the parts, record, and hand to a worker once the transaction has been committed.

A message has a key that names its cause; a second call with the same key does nothing. One-time links are made
at sending by the maker registered for their kind, so the log never holds a working one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from functools import partial
from html import escape
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents, mail_parts, queue
from hmis_portal.models import Message, MessageDocument, PortalSettings, StoredDocument
from hmis_portal.models.users import is_user
from hmis_portal.running import tries

PLACEHOLDER = "[personal link]"
CODE_PLACEHOLDER = "[personal code]"


@dataclass(frozen=True)
class Link:
    """A one-time link or code: the kind names its maker, the object id is what the maker makes it for."""

    kind: str
    object_id: str


_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)
LinkMaker = Callable[[str], str]
_makers: dict[str, LinkMaker] = {}


def link_maker(kind: str) -> Callable[[LinkMaker], LinkMaker]:
    """Register the function that makes links of this kind: object id → absolute address, or a code."""

    def register(maker: LinkMaker) -> LinkMaker:
        _makers[kind] = maker
        return maker

    return register


def absolute(view_name: str, *args: object, **kwargs: object) -> str:
    """The full address of a page of the portal, for use in a message."""
    return f"{settings.BASE_URL}{reverse(view_name, args=args, kwargs=kwargs)}"


def moment(value: datetime | None) -> str:
    """A moment as it stands in the key of a message: a state entered again is a new cause."""
    return f"{value:%Y%m%d%H%M%S%f}" if value else ""


def send(
    name: str,
    *,
    to: AbstractBaseUser | str,
    context: Mapping[str, object],
    key: str = "",
    agency_id: UUID | None = None,
    link: Link | None = None,
    code: Link | None = None,
    documents: Sequence[tuple[StoredDocument, str]] = (),
) -> Message | None:
    """Record one message and queue it after commit; None when this cause was already told to this address.

    `documents` are pairs of document and file name; the rest as `written` takes it.
    """
    message = written(name, to=to, context=context, key=key, agency_id=agency_id, link=link, code=code)
    with transaction.atomic():
        if message is None or not send_all([message]):
            return None
        for document, filename in documents:
            MessageDocument.objects.create(message=message, document=document, filename=filename)
    return message


def written(
    name: str,
    *,
    to: AbstractBaseUser | str,
    context: Mapping[str, object],
    key: str = "",
    agency_id: UUID | None = None,
    link: Link | None = None,
    code: Link | None = None,
) -> Message | None:
    """One message, not recorded yet; None for an account that is closed.

    `name` is "<app>/<message>", for templates/emails/<app>/<message>.md. With `code` the template shows {{ code }},
    which like a link is made at sending.
    """
    user = to if is_user(to) else None
    address = str(getattr(to, "email", to))
    if user is not None and not user.is_active:
        return None
    made_later = {
        **({"link_url": PLACEHOLDER} if link else {}),
        **({"code": CODE_PLACEHOLDER} if code else {}),
    }
    parts = mail_parts.made(name, {**context, **made_later, "person": user})
    link = link or code
    return Message(
        key=f"{key}:{address}"[:200] if key else f"once:{uuid4()}",
        name=name,
        user=user,
        to=address,
        subject=parts.subject,
        body_text=parts.text,
        body_html=parts.html,
        link_kind=link.kind if link else "",
        link_object=link.object_id if link else "",
        agency_id=agency_id,
        next_try_at=timezone.now(),
    )


def send_all(messages: Iterable[Message]) -> list[Message]:
    """Record messages in two queries, whatever their number, and queue them after commit.

    Returns those whose cause had not been told to their address before; the others are not recorded again.
    """
    if not (wanted := list(messages)):
        return []
    with transaction.atomic():
        Message.objects.bulk_create(wanted, ignore_conflicts=True)
        new = set(
            Message.objects.filter(pk__in=[message.pk for message in wanted]).values_list("pk", flat=True)
        )
        sent = [message for message in wanted if message.pk in new]
        for message in sent:
            transaction.on_commit(partial(enqueue, message.pk))
    if (names := _heard.get()) is not None:
        names += [message.name for message in sent]
    return sent


@contextmanager
def heard() -> Iterator[list[str]]:
    """The names of the messages that are recorded within, in this thread, whether or not that is taken back."""
    names: list[str] = []
    token = _heard.set(names)
    try:
        yield names
    finally:
        _heard.reset(token)


def enqueue(message_id: UUID) -> None:
    """Hand a recorded message to a worker; when the queue is away the sweep finds it later."""
    queue.publish("hmis_portal.tasks.deliver", str(message_id))


def send_again(message: Message) -> None:
    """A person found why it failed: count afresh and hand it to a worker."""
    rows = Message.objects.filter(pk=message.pk, status=Message.Status.FAILED)
    with transaction.atomic():
        tries.afresh(rows)
        rows.update(status=Message.Status.QUEUED)
        transaction.on_commit(lambda: enqueue(message.pk))


def readable(message: Message) -> tuple[str, str]:
    """Text and HTML as the log shows them: working links only under DEBUG."""
    return _with_link(message) if settings.DEBUG else (message.body_text, message.body_html)


def sender() -> str:
    """The address that messages come from, with the portal's name where the installation gave none."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or " ".join(PortalSettings.load().name.split()), address))


def deliver_now(message: Message) -> None:
    """Hand a message to the mail server and mark it sent, outside any transaction; the caller handles a refusal."""
    text, html = _with_link(message)
    email = EmailMultiAlternatives(subject=message.subject, body=text, from_email=sender(), to=[message.to])
    email.extra_headers["Message-ID"] = f"<{message.pk}@{settings.BASE_URL.split('//')[-1].split(':')[0]}>"
    email.attach_alternative(html, "text/html")
    for row in MessageDocument.objects.filter(message=message).select_related("document").order_by("pk"):
        email.attach(row.filename, documents.read(row.document), row.document.content_type)
    email.send()
    message.status, message.sent_at, message.error = Message.Status.SENT, timezone.now(), ""
    message.waits_for = ""
    message.save(update_fields=["status", "sent_at", "error", "waits_for"])


def _with_link(message: Message) -> tuple[str, str]:
    if not message.link_kind:
        return message.body_text, message.body_html
    link, text, html = _makers[message.link_kind](message.link_object), message.body_text, message.body_html
    for placeholder in (PLACEHOLDER, CODE_PLACEHOLDER):
        text, html = text.replace(placeholder, link), html.replace(placeholder, escape(link))
    return text, html
