"""One zone for days and times, set on the desk: pages, streamed files, tasks, look-ups and nightly work follow it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from hmis_portal.celery import app
from hmis_portal.models import AuditEvent
from hmis_portal.running.beat import SteadyScheduler, last_due
from hmis_portal.running.zone import ZonedTask, as_set, portal_zone
from hmis_portal.text.words import date_words, datetime_words

PAGE = "/admin/hmis_portal/portalsettings/1/change/"
GUAM = "Pacific/Guam"
# December 1 in Guam, 2:30 p.m.; in Connecticut still November 30.
NOW = dt.datetime(2026, 12, 1, 4, 30, tzinfo=dt.UTC)


def test_a_zone_set_on_the_desk_is_that_of_pages_files_tasks_and_nights(
    cast, reference, client_of, time_machine, tmp_path
):
    time_machine.move_to(NOW, tick=False)
    client = client_of(cast.admin)
    page = client.get(PAGE)
    assert "Eastern Time" in client.get(reverse("admin:signing_textversion_changelist")).text
    assert "It is now 11:30 p.m. Eastern Time there. Nightly work begins at 12:05 a.m." in page.text
    assert "name another zone" not in page.text
    data = {
        name: "" if value is None else value
        for name, value in page.context["adminform"].form.initial.items()
        if value is not False
    }
    wrong = client.post(PAGE, {**data, "time_zone": "Mars/Base"})
    assert (wrong.status_code, wrong.context["errors"][0]) == (
        200, ["Select a valid choice. Mars/Base is not one of the available choices."]
    )  # fmt: skip
    assert client.post(PAGE, {**data, "time_zone": GUAM}).status_code == 302
    record = client.get(reverse("admin:hmis_portal_auditevent_changelist"))
    assert "Time zone: Eastern Time (New York) → Chamorro Time (Guam)" in record.text
    assert "December 1, 2026 at 2:30 p.m. Chamorro Time" in record.text
    page = client.get(PAGE).text
    assert "It is now 2:30 p.m. Chamorro Time there." in page
    hours = "The support hours name another zone: “Monday to Friday, 9 a.m. to 5 p.m. Eastern Time”."
    assert hours in page
    assert "until midnight there: Tuesday" not in page
    texts = reverse("admin:signing_textversion_changelist")
    assert "Chamorro Time" in client.get(texts).text  # as Django's own lists write a time
    lines = b"".join(client.get(reverse("admin:onboarding_record_csv")).streaming_content).decode()
    assert "2026-12-01T14:30:00+10:00" in lines  # told while it is streamed, after the view
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE  # outside of requests and tasks

    november, december = dt.date(2026, 11, 1), dt.date(2026, 12, 1)
    rows = AuditEvent.objects.filter(target_type="hmis_portal.portalsettings")
    assert not rows.filter(at__date=december).exists()
    assert rows.annotate(month=TruncMonth("at")).first().month.date() == november
    with as_set():
        assert timezone.localdate() == rows.filter(at__date=december).first().at.date()
        assert rows.annotate(month=TruncMonth("at")).first().month.date() == december
        midnight = timezone.make_aware(dt.datetime(2026, 12, 1))
        assert midnight.isoformat() == "2026-12-01T00:00:00+10:00"
        assert AuditEvent.objects.filter(at__gte=midnight).exists()
        assert (date_words(NOW), portal_zone().key) == ("December 1, 2026", GUAM)

    def now():
        return datetime_words(timezone.now())

    task = app.task(now, name="tests.now", shared=False)
    try:
        assert task.delay().get() == "December 1, 2026 at 2:30 p.m. Chamorro Time"
    finally:
        app.tasks.unregister("tests.now")
    planned = [import_string(entry["task"]) for entry in app.conf.beat_schedule.values()]
    assert all(isinstance(task, ZonedTask) for task in planned)
    beat = SteadyScheduler(app, schedule_filename=str(tmp_path / "beat"))
    beat.tick()
    assert beat.zone.key == GUAM


@pytest.mark.parametrize(
    ("zone", "planned", "now", "due"),
    [
        ("America/New_York", (8, 0), "2026-11-29T13:00:00", "2026-11-29T13:00:00"),
        ("America/New_York", (8, 0), "2026-11-29T12:59:59", "2026-11-28T13:00:00"),
        (GUAM, (8, 0), "2026-11-29T13:00:00", "2026-11-28T22:00:00"),
        ("Pacific/Honolulu", (0, 10), "2026-11-29T10:15:00", "2026-11-29T10:10:00"),
        # Clocks go forward at 2:00, to 3:00: 2:30 comes as 3:30, once.
        ("America/New_York", (2, 30), "2026-03-08T07:10:00", "2026-03-07T07:30:00"),
        ("America/New_York", (2, 30), "2026-03-08T07:40:00", "2026-03-08T07:30:00"),
        # Clocks go back at 2:00, to 1:00: the second 1:30 is none.
        ("America/New_York", (1, 30), "2026-11-01T06:40:00", "2026-11-01T05:30:00"),
    ],
)
def test_an_hour_of_the_night_is_that_of_the_zone_once_a_day(zone, planned, now, due):
    hour, minute = planned
    moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
    found = last_due(crontab(hour=hour, minute=minute), ZoneInfo(zone), moment)
    assert found == dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC)


def test_another_zone_makes_up_for_a_night_that_it_would_skip(tmp_path, time_machine):
    """At 2:30 in Chicago, before its 3:00, the portal moves to the clock of New York, where it is 3:30."""
    beat = SteadyScheduler(app, schedule_filename=str(tmp_path / "beat"))
    entry = beat.schedule["forget-lapsed"]
    entry.last_run_at = dt.datetime(2026, 11, 28, 9, 0, tzinfo=dt.UTC)  # 3:00 there
    time_machine.move_to(dt.datetime(2026, 11, 29, 8, 30, tzinfo=dt.UTC), tick=False)
    beat.zone = ZoneInfo("America/Chicago")
    assert not beat.is_time(entry)
    beat.zone = ZoneInfo("America/New_York")
    assert beat.is_time(entry)
    entry.last_run_at = timezone.now()
    assert not beat.is_time(entry)
