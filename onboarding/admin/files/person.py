"""The file of one person: why they cannot sign in, where they work, training, access, letters, and what was recorded."""

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.desk import signing_in
from agencies.models import AgencyRole, Invitation, Person, Staff, User
from hmis_portal.desk.tools import status
from hmis_portal.models import AuditEvent, Message
from hmis_portal.text.words import date_words
from onboarding.admin.files import parts
from onboarding.admin.files.parts import FileLine, FileSection
from onboarding.models import Access, Mou, Thread
from training.selectors import items_of


def of_account(request: HttpRequest, user: User) -> dict[str, object]:
    """Everything about somebody who has an account; `sign_in` says what a caller asks first."""
    staff = list(Staff.objects.filter(user=user).select_related("agency", "access").order_by("-joined_on"))
    known = list(Person.objects.filter(user=user).select_related("agency").prefetch_related("contacts"))
    if not permissions.reads_every_agency(request.user):
        return {"sign_in": [], "sections": []}
    target = Q(target_type=user._meta.label_lower, target_id=str(user.pk))
    return {
        "sign_in": [*signing_in.words_of(request, user), *_in_the_hmis(staff)],
        "sections": parts.sections(
            _agencies(user, known, staff),
            _training(user),
            parts.invitations(Invitation.objects.filter(user=user), request),
            parts.mous(Mou.objects.filter(signatory=user)),
            parts.questions(Thread.objects.filter(opened_by=user), ""),
            parts.messages(
                Message.objects.filter(user=user), parts.list_of("hmis_portal_message", f"?q={user.email}"), request
            ),
            parts.record(
                AuditEvent.objects.filter(target | Q(actor=user)),
                reverse("admin:agencies_user_history", args=[user.pk]), request,
            ),
        ),
    }  # fmt: skip


def of_person(request: HttpRequest, person: Person) -> dict[str, object]:
    """Somebody whom an agency names, lists or invited, and who has no account."""
    staff = list(Staff.objects.filter(person=person).select_related("agency", "access"))
    words = _("Cannot sign in: has no account. %(agency)s named this person and nobody has invited them yet.")
    return {
        "sign_in": [words % {"agency": person.agency.name}, *_in_the_hmis(staff)],
        "sections": parts.sections(
            _contact(person),
            _agencies(None, [person], staff),
            parts.invitations(Invitation.objects.filter(person=person), request),
        ),
    }


def _in_the_hmis(staff: list[Staff]) -> list[str]:
    """What the portal knows of the account in the HMIS itself, which is another sign-in."""
    lines = []
    for row in staff:
        access: Access | None = getattr(row, "access", None)
        if row.left_on is None and access and access.state == Access.State.SUSPENDED:
            words = _("In the HMIS itself: access for %(agency)s is suspended since %(day)s. %(why)s")
            why = " ".join(map(str, access.reasons))
            facts = {"agency": row.agency.name, "day": date_words(access.state_since), "why": why}
            lines.append((words % facts).strip())
    return lines


def _agencies(user: User | None, known: list[Person], staff: list[Staff]) -> FileSection:
    """One line for each agency: positions held, roles, the line of the roster and the access."""
    held = permissions.memberships(user) if user else []
    positions = {
        known_as.agency_id: [contact.get_position_display() for contact in known_as.contacts.all()]
        for known_as in known
    }
    roles = {agency.pk: [AgencyRole(role).label for role in names] for agency, names in held}
    everywhere = [
        *(known_as.agency for known_as in known),
        *(agency for agency, _names in held),
        *(row.agency for row in staff),
    ]
    lines = []
    for agency in {agency.pk: agency for agency in everywhere}.values():
        rows = [row for row in staff if row.agency_id == agency.pk]
        words = [str(word) for word in (*positions.get(agency.pk, ()), *roles.get(agency.pk, ()))]
        for row in rows:
            words.append(_("on the roster as %(role)s") % {"role": row.get_hmis_role_display()})
            if row.left_on:
                words.append(_("left on %(day)s") % {"day": date_words(row.left_on)})
        url = reverse("admin:agencies_agency_change", args=[agency.pk])
        state = parts.access_words(getattr(rows[0], "access", None)) if rows else ""
        lines.append(FileLine(agency.name, url, ", ".join(words) or _("in its directory"), state))
    return FileSection("agencies", _("Agencies"), lines, empty=_("Works for no agency."))


def _training(user: User) -> FileSection:
    lines = [
        FileLine(
            item.course_title,
            reverse("admin:training_requirement_change", args=[item.requirement.pk]),
            _("due on %(day)s") % {"day": date_words(item.requirement.due_on)} if item.is_open else "",
            status(item.tone, item.label),
        )
        for item in items_of([user.pk]).get(user.pk, [])
    ]
    url = parts.list_of("training_completion", f"?q={user.email}")
    return FileSection(
        "training", _("Training"), lines, url, empty=_("No course is required of this person.")
    )


def _contact(person: Person) -> FileSection:
    lines = [
        FileLine(person.email, f"mailto:{person.email}", _("work e-mail")) if person.email else None,
        FileLine(person.full_phone, f"tel:{person.phone}", _("phone")) if person.phone else None,
        FileLine(person.title, "", _("title")) if person.title else None,
    ]
    return FileSection(
        "contact", _("Contact"), [line for line in lines if line], empty=_("Neither e-mail nor phone.")
    )
