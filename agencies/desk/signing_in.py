"""Why somebody cannot sign in, said to whoever takes the call: the account, its invitation, too many tries, the second factor."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Invitation, User
from hmis_portal.accounts import attempts
from hmis_portal.accounts.factors import first_factor, strength
from hmis_portal.events import SecurityEvent
from hmis_portal.models import AuditEvent
from hmis_portal.text.words import date_words, datetime_words, time_words, wait_words
from hmis_portal.web.visits import network

TRIES_SINCE = timedelta(hours=1)


def words_of(request: HttpRequest, user: User) -> list[str]:
    """What stands in the way first; then what this person is asked for, and when they last came in."""
    if reason := _account_stands(user) or _waits_for_invitation(user):
        return [reason]
    failed = _failed(user)
    held = _held_back(request, user, failed)
    opens = held or _second_factor(user) or _("Can sign in with e-mail and password.")
    lines = [opens, "" if held else _tries(failed), _unconfirmed(user), _last_time(user)]
    return [line for line in lines if line]


def _account_stands(user: User) -> str:
    if user.merged_into:
        words = _("Cannot sign in with this address: the person goes on as %(email)s.")
        return words % {"email": user.merged_into.email}
    if user.closed_at:
        words = _("Cannot sign in: the account was closed on %(day)s. An HMIS Admin can open it again.")
        return words % {"day": date_words(user.closed_at)}
    return "" if user.is_active else _("Cannot sign in: the account was stopped by the HMIS.")


def _waits_for_invitation(user: User) -> str:
    if user.has_usable_password():
        return ""
    row = Invitation.objects.filter(user=user, revoked_at=None).select_related("agency").first()
    if row is None or row.accepted_at:
        return _("Cannot sign in: no password was ever set, and no invitation waits for this address.")
    facts = {
        "agency": row.agency.name,
        "sent": date_words(row.created_at),
        "until": datetime_words(row.expires_at),
    }
    if row.has_lapsed:
        words = _("Cannot sign in yet: the invitation of %(agency)s lapsed on %(until)s. Send it again.")
    else:
        words = _(
            "Cannot sign in yet: has not accepted the invitation of %(agency)s, sent on %(sent)s. Its link sets the password and holds until %(until)s."
        )
    return words % facts


def _failed(user: User) -> list[AuditEvent]:
    """Wrong passwords and codes of the last hour, since the last time that it went well."""
    rows = AuditEvent.objects.filter(
        target_type=user._meta.label_lower, target_id=str(user.pk),
        verb__in=[SecurityEvent.SIGN_IN_FAILED, SecurityEvent.SIGNED_IN], at__gte=timezone.now() - TRIES_SINCE,
    ).order_by("-at")[:100]  # fmt: skip
    failed = []
    for row in rows:
        if row.verb == SecurityEvent.SIGNED_IN:
            break
        failed.append(row)
    return failed


def _held_back(request: HttpRequest, user: User, failed: list[AuditEvent]) -> str:
    wait = attempts.held_for(request, user.email, {network(row.ip) for row in failed})
    words = _("Locked: too many wrong passwords. Can try again in %(wait)s, or set a new password by e-mail.")
    return words % {"wait": wait_words(wait)} if wait else ""


def _tries(failed: list[AuditEvent]) -> str:
    if not failed:
        return ""
    words = ngettext(
        "Failed %(count)d time within the last hour, last at %(when)s (%(step)s).",
        "Failed %(count)d times within the last hour, last at %(when)s (%(step)s).",
        len(failed),
    )
    of_factor = failed[0].data.get("step") == "factor"
    step = _("the second factor was wrong") if of_factor else _("the password was wrong")
    return words % {"count": len(failed), "when": time_words(failed[0].at), "step": step}


def _unconfirmed(user: User) -> str:
    rows = EmailAddress.objects.filter(user=user).values_list("verified", flat=True)
    if not rows or any(rows):
        return ""
    return _("Has not confirmed the e-mail address yet: signing in sends a link for it.")


def _second_factor(user: User) -> str:
    kinds = strength.factors(user)
    if kinds:
        names = {strength.APP: _("an authenticator app"), strength.PASSKEY: _("a passkey")}
        asked = _(" or ").join(sorted(str(names.get(kind, kind)) for kind in kinds))
        words = _(
            "Can sign in, and is asked for %(factor)s after the password. Where that is lost, reset it once you know who calls."
        )
        return words % {"factor": asked}
    if first_factor.held(user):
        return _(
            "Cannot work for the HMIS yet: the password was set anew by e-mail, so an HMIS Admin has to allow a second factor first."
        )
    if user.is_staff and settings.ADMIN_SECOND_FACTOR:
        return _("Can sign in, but has to set up a second factor before working for the HMIS.")
    return ""


def _last_time(user: User) -> str:
    if user.last_login is None:
        return _("Never signed in so far.")
    return _("Last signed in on %(when)s.") % {"when": datetime_words(user.last_login)}
