"""A person's own channel for the HMIS's sign-in codes."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.events import AgenciesEvent
from agencies.models import CodeChannel, Staff, User
from agencies.services import leavers
from agencies.signals import StaffNews
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed


@transaction.atomic
def enter(*, person: User, value: str, by: User, ip: str | None = None) -> CodeChannel:
    """Keep a normalized number or address. GuardFailed when somebody else has it, in whatever agency."""
    person = User.objects.select_for_update().get(pk=person.pk)
    channel = CodeChannel.objects.filter(person=person).first() or CodeChannel(person=person)
    if channel.value == value and (by != person or channel.entered_by_id == by.pk):
        return channel
    before = str(channel) if channel.pk else ""
    channel.kind = CodeChannel.Kind.EMAIL if "@" in value else CodeChannel.Kind.MOBILE
    channel.value, channel.entered_by, channel.entered_at = value, by, timezone.now()
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError as error:
        if "code_channel_once" in str(error):
            words = _(
                "%(value)s is entered for another person already. Sign-in codes go to one person alone: enter another "
                "number or address, or write to support if this one is yours."
            )
            raise GuardFailed(words % {"value": channel}) from error
        raise
    audit.record(
        by=by, verb=AgenciesEvent.ENTERED_CODE_CHANNEL, obj=person, ip=ip, before=before, after=str(channel)
    )
    for row in Staff.objects.current().filter(user=person):
        leavers.tell(row, StaffNews.CHANNEL, by)
    return channel


def enter_of_staff(*, staff: Staff, value: str, by: User) -> None:
    """What the agency entered on the roster; what the person entered themselves is theirs to change."""
    if staff.user and value and not is_own(staff.user):
        enter(person=staff.user, value=value, by=by)


def is_own(person: User) -> bool:
    """Whether the person entered it themselves."""
    return CodeChannel.objects.filter(person=person, entered_by=person).exists()
