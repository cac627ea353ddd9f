"""Where an agency's sites and documents are changed: in its application, and in its record after that was sent."""

from dataclasses import dataclass

from django.urls import reverse

from agencies.models import Agency
from onboarding.models import Application
from onboarding.record.pages import STATES, open_application, why_closed
from onboarding.selectors import editable_application


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """The same pages in both; `prefix` begins the names of their addresses, `states` are the application's."""

    prefix: str
    states: tuple[str, ...]

    @property
    def in_record(self) -> bool:
        return self is IN_RECORD

    def application(self, agency: Agency) -> Application:
        """The application beside which rows may be written here now; WrongState, with where to go, when there is none."""
        return open_application(agency) if self.in_record else editable_application(agency)

    def is_open(self, agency: Agency, application: Application) -> bool:
        return not why_closed(agency, application) if self.in_record else application.is_editable

    def url(self, name: str, agency: Agency, *args: object) -> str:
        return reverse(f"onboarding:{self.prefix}{name}", args=[agency.pk, *args])


IN_APPLICATION = RecordPlace("", Application.EDITABLE)
IN_RECORD = RecordPlace("record_", STATES)
