"""Where an uploaded staff list goes: into section C of an application that is filled in, later straight to the roster.

Until it is confirmed or dropped it waits in the work row "staff-upload" of the agency's last application.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import locks, roster
from agencies.models import Agency, User
from hmis_portal.web.errors import WrongState
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.roster import staff_drafts, staff_file
from onboarding.sections import drafts
from onboarding.selectors import editable_application, latest_application


@dataclass(frozen=True)
class Destination:
    """The list that an upload adds to."""

    application: Application

    @property
    def agency(self) -> Agency:
        return self.application.agency

    @property
    def is_section(self) -> bool:
        return self.application.is_editable

    @property
    def url(self) -> str:
        if self.is_section:
            return reverse("onboarding:section", args=[self.agency.pk, SectionKey.STAFF])
        return reverse("agencies:staff", args=[self.agency.pk])

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which nobody else changes the list. Raises WrongState."""
        if self.is_section:
            with drafts.writing(self.application):
                yield
            return
        with transaction.atomic():
            locks.check(locks.lock_agency(self.agency.pk))
            yield

    def keep(self, draft: Mapping[str, object], *, by: User) -> None:
        """An upload waits in place of the one before it."""
        with self.writing():
            SectionWork.objects.update_or_create(
                application=self.application,
                section=staff_file.UPLOAD,
                defaults={"draft": dict(draft), "saved_by": by, "saved_at": timezone.now()},
            )

    def waiting(self) -> SectionWork:
        rows = SectionWork.objects.filter(application=self.application, section=staff_file.UPLOAD)
        work = rows.first()
        if work is None:
            words = _("No uploaded list is waiting: it was already added, or dropped.")
            raise WrongState(words, back=self.url)
        return work

    def confirm(self, *, by: User) -> tuple[int, int]:
        """Write what is right, all or nothing; the list is judged once more, as it is now. How many added and changed."""
        with self.writing():
            work = self.waiting()
            preview = staff_file.waiting(self.agency, work.draft)
            added, changed = staff_file.write(preview, agency=self.agency, by=by)
            if self.is_section:
                keys = [staff_drafts.key_of(line.staff) for line in preview.to_write if line.staff]
                drafts.overtake(self.application, keys, by=by)
                counts = {"upload": [None, f"{added} added, {changed} changed"]} if preview.to_write else {}
                drafts.record_edit(self.application, SectionKey.STAFF, by, counts)
            work.delete()
        return added, changed


def destination(agency: Agency) -> Destination:
    """Raises WrongState while what was sent is reviewed, and where there never was an application."""
    application = latest_application(agency)
    if application is None or not application.is_editable:
        locks.check(agency)
    return Destination(application or editable_application(agency))


@roster.takes_lists
def has_where_to_wait(agency: Agency) -> bool:
    """An upload waits beside an application: an agency that never began one adds its people one by one."""
    return Application.objects.filter(agency=agency).exists()
