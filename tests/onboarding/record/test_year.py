"""The year after go-live, as those live it who work for one agency: the pages they use, and the mornings in between."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.hud import participation
from agencies.models import Agency, Contact, Invitation, Project, Staff
from hmis_portal.models import Message
from onboarding import tasks
from onboarding.access import confirming, recompute
from onboarding.models import Access, AccessConfirmation, Difference, RoleInHmis
from tests.onboarding.access.helpers import answers, confirm, upload
from tests.onboarding.access.trained import state, train
from tests.onboarding.projects.own import url as project_page
from tests.onboarding.record.helpers import WHERE, executed, post, takes_over
from tests.onboarding.roster.helpers import person_data
from training import tasks as training_tasks

pytestmark = pytest.mark.django_db


@dataclass
class Year:
    cast: Any
    client_of: Any
    commits: Any
    clock: Any
    began: dt.date

    def page(self, name: str, *more: Any) -> str:
        return reverse(name, args=[self.cast.agency.pk, *more])

    def morning(self, day: int) -> None:
        """The night and the morning of the day so many days after go-live."""
        moment = dt.datetime.combine(self.began + dt.timedelta(days=day), dt.time(9))
        with self.commits():
            self.clock.move_to(timezone.make_aware(moment), tick=False)
            tasks.recompute_access()
            tasks.send_reminders()
            training_tasks.send_reminders()

    def sends(self, person: Any, name: str, data: dict[str, Any], *more: Any) -> None:
        with self.commits():
            answer = self.client_of(person).post(self.page(name, *more), data)
        assert answer.status_code == 302, answer.content.decode()[:20000]

    def has_account(self, row: Staff) -> None:
        with self.commits():
            confirm(self.client_of(self.cast.admin), row, row.first_name.lower())
        assert state(row) == "granted"


@pytest.fixture
def year(cast, live_application, client_of, commits, time_machine):
    executed(cast)
    with commits():
        recompute.start_training(cast.agency, by=cast.lead)
    cast.agency.refresh_from_db()
    participation.begin(agency=cast.agency, day=timezone.localdate(), by=None)
    made = Year(cast, client_of, commits, time_machine, timezone.localdate())
    for row in (cast.coordinator_row, cast.staff_row):
        train(cast, row, commits)
        made.has_account(row)
    return made


def told(name, to):
    return [message.body_text for message in Message.objects.filter(name=name, to=to).order_by("created_at")]


def in_parts(name, day):
    return {f"{name}_month": day.month, f"{name}_day": day.day, f"{name}_year": day.year}


def test_a_year_after_go_live(cast, year):
    _a_new_hire(cast, year)
    _a_new_phone(cast, year)
    _the_quarter_is_confirmed(cast, year)
    _notice_is_given_and_the_person_leaves(cast, year)
    _a_new_director(cast, year)
    _a_new_project(cast, year)
    _the_list_of_the_hmis(cast, year)


def _a_new_hire(cast, year):
    year.morning(20)
    year.sends(cast.coordinator, "agencies:add_staff", person_data(cast))
    nia = Staff.objects.get(email="nia@harbor.example")
    assert told("agencies/invitation_staff", nia.email)
    assert nia.user.requirements.exists()
    year.morning(21)
    assert "Nia New: on the roster" in told("onboarding/people_digest", cast.coordinator.email)[-1]
    assert Agency.objects.get(pk=cast.agency.pk).state == "live"
    train(cast, nia, year.commits)
    year.has_account(nia)
    year.morning(22)
    assert "Nia New: has an account" in told("onboarding/people_digest", cast.coordinator.email)[-1]


def _a_new_phone(cast, year):
    year.morning(50)
    assert post(cast, year.client_of, **WHERE).status_code == 302
    assert Agency.objects.get(pk=cast.agency.pk).phone == "860-555-0199"
    year.morning(51)
    assert "Address and phone" in told("onboarding/record_digest", cast.admin.email)[-1]


def _the_quarter_is_confirmed(cast, year):
    year.morning(95)
    assert any("access" in text for text in told("onboarding/yearly_task_due", cast.director.email))
    year.sends(cast.coordinator, "onboarding:confirm_access", answers(cast))
    assert AccessConfirmation.objects.get().signed_by == cast.coordinator
    assert confirming.due_on(cast.agency) > timezone.localdate()


def _notice_is_given_and_the_person_leaves(cast, year):
    year.morning(120)
    sasha, last = cast.staff_row, timezone.localdate() + dt.timedelta(days=14)
    form = {"notice": "at_end", "reason": "", **in_parts("last_day", last)}
    year.sends(cast.coordinator, "agencies:report_leaver", form, sasha.pk)
    assert told("agencies/leaver_reported", cast.admin.email)
    admin, to_do = year.client_of(cast.admin), reverse("admin:onboarding_access_to_do")
    assert "Leaving soon" in admin.get(to_do).text
    own = year.client_of(cast.staff).get(reverse("training:mine")).text
    assert "last working day" not in own.lower()
    year.morning(134)
    assert (state(sasha), told("onboarding/access_ended", cast.staff.email)) == ("granted", [])
    year.morning(135)
    access = Access.objects.get(staff=sasha)
    assert (access.state, access.to_do) == ("ended", "close")
    assert told("onboarding/access_ended", cast.staff.email)
    assert "Sasha Staff: access has ended" in told("onboarding/people_digest", cast.coordinator.email)[-1]
    admin = year.client_of(cast.admin)
    assert "Close the account" in admin.get(to_do).text
    admin.post(to_do, {f"done_{access.pk}": "on"})
    assert Access.objects.get(staff=sasha).to_do == ""


def _a_new_director(cast, year):
    year.morning(180)
    given = {"name": "Nora New", "email": "nora.new@agency.example", "hands_over": "stays"}
    assert takes_over(cast, year.client_of, "director", person=cast.director, **given).status_code == 302
    assert Contact.objects.get(agency=cast.agency, position="director").name == "Nora New"
    assert Invitation.objects.get(user__email="nora.new@agency.example").role == "manager"


def _a_new_project(cast, year):
    year.morning(200)
    client = year.client_of(cast.coordinator)
    copy = {"project_name": "Second", "copy": str(cast.project.pk)}
    copy |= in_parts("operating_start_date", timezone.localdate() - dt.timedelta(days=5))
    assert client.post(project_page(cast, "own_project_add", False), copy).status_code == 302
    second = Project.objects.get(project_name="Second")
    client.post(project_page(cast, "own_project_confirm", second))
    admin = year.client_of(cast.admin)
    assert "Second" in admin.get(reverse("admin:index")).text
    assert admin.post(reverse("admin:onboarding_project_accept", args=[second.pk])).status_code == 302
    nia = Staff.objects.get(email="nia@harbor.example")
    both = {"projects": [str(cast.project.pk), str(second.pk)], "version": ""}
    year.sends(cast.coordinator, "agencies:change_staff", person_data(cast, **both), nia.pk)
    assert Access.objects.get(staff=nia).to_do == "change"
    assert "Projects added: Second." in admin.get(reverse("admin:onboarding_access_to_do")).text


def _the_list_of_the_hmis(cast, year):
    year.morning(240)
    today = timezone.localdate()
    RoleInHmis.objects.create(role="hdc", roles="Agency admin")
    rows = (
        "Username,Email,Full name,Role,Status,Last login",
        f"sasha,,Sasha,,Active,{today}",  # left, and closed here
        f"chris,,Chris,Case worker,Active,{today - dt.timedelta(days=200)}",
        f"stranger,,Nobody,,Active,{today}",
    )
    admin = year.client_of(cast.admin)
    form = upload(admin, "\n".join(rows)).context["form"]
    chosen = {field.name: field.value() for field in form if field.value()}
    assert admin.post(reverse("admin:onboarding_hmisuserlist_columns"), chosen).status_code == 302
    found = Difference.objects.filter(over_at=None).values_list("kind", "user_name")
    assert sorted(found) == [
        ("idle", "chris"), ("no_account", "nia"), ("no_right", "sasha"), ("no_right", "stranger"), ("wrong", "chris"),
    ]  # fmt: skip
    assert "Accounts without right today" in admin.get(reverse("admin:index")).text
