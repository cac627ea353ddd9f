"""A person's own pages: where they stand, registering, certificates, and that nobody else sees them."""

import datetime as dt

import pytest
from django.urls import reverse

from agencies.models import CodeChannel
from agencies.services import channels
from hmis_portal.models import AuditEvent
from tests.cast import KINDS
from tests.factories import UserFactory
from tests.onboarding.access.trained import train
from training import services
from training.models import Certificate, Course, Requirement

pytestmark = pytest.mark.django_db
MINE = "/training/"


def record(cast, course, **kwargs):
    return services.record_completion(
        services.Result(
            person=cast.staff, course=course, completed_on=dt.date(2026, 11, 2), score=90, **kwargs
        ),
        by=cast.trainer,
    ).completion


def test_the_page_lists_own_courses_and_what_to_do_next(opened, course, client_of):
    record(opened, course)
    page = client_of(opened.staff).get(MINE).content.decode()
    assert "<h1>Your training</h1>" in page
    assert "1 of 5 courses done" in page
    assert "Valid through November 1, 2027" in page
    assert "Do this next" in page
    assert "Read and sign the agreement" in page
    assert "Program workflow: emergency shelter" in page
    assert "HMIS Data Coordinator briefing" not in page


def test_where_sign_in_codes_go_is_asked_once_all_courses_are_done(opened, client_of, commits):
    train(opened, opened.staff_row, commits)
    CodeChannel.objects.filter(person=opened.staff).delete()
    client = client_of(opened.staff)
    page = client.get(MINE).content.decode()
    assert reverse("agencies:code_channel") in page
    assert "Nothing to do now" not in page
    channels.enter(person=opened.staff, value="8605550142", by=opened.staff)
    page = client.get(MINE).content.decode()
    assert reverse("agencies:code_channel") not in page
    assert "Nothing to do now" in page


def test_before_training_opens_it_says_what_will_be_here(cast, catalogue, client_of):
    assert b"Your courses will be listed here" in client_of(cast.staff).get(MINE).content


def test_somebody_on_no_staff_list_is_told_so(cast, client_of):
    assert b"You are on no agency" in client_of(cast.stranger).get(MINE).content


def test_a_visitor_is_sent_to_sign_in(client_of):
    assert client_of(None).get(MINE).url.startswith("/accounts/login/")


def test_at_most_eleven_queries_whatever_was_done(opened, course, client_of, django_assert_max_num_queries):
    client = client_of(opened.staff)
    client.get(MINE)
    for day in range(1, 9):
        services.record_completion(
            services.Result(
                person=opened.staff, course=course, completed_on=dt.date(2026, 10, day), score=90
            ),
            by=opened.trainer,
        )
    with django_assert_max_num_queries(11):
        assert client.get(MINE).status_code == 200


def test_saying_that_one_registered(opened, course, client_of):
    row = Requirement.objects.get(person=opened.staff, course=course)
    client = client_of(opened.staff)
    url = reverse("training:registered", args=[row.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).url == MINE
    row.refresh_from_db()
    assert row.registered_on is not None
    assert b"In progress" in client.get(MINE).content
    assert AuditEvent.objects.filter(verb="registered", actor=opened.staff).count() == 1


def test_saying_it_twice_is_told_and_recorded_once(opened, course, client_of):
    row = Requirement.objects.get(person=opened.staff, course=course)
    client = client_of(opened.staff)
    for _ in range(2):
        answer = client.post(reverse("training:registered", args=[row.pk]), follow=True)
    assert b"You already told us" in answer.content
    assert AuditEvent.objects.filter(verb="registered").count() == 1


def test_nobody_registers_for_somebody_else(opened, course, client_of):
    row = Requirement.objects.get(person=opened.staff, course=course)
    for kind in ("coordinator", "director", "stranger", "trainer"):
        assert (
            client_of(opened.person(kind)).post(reverse("training:registered", args=[row.pk])).status_code
            == 404
        )


READERS = {"director", "coordinator", "admin", "lead", "trainer", "auditor"}


def statuses(cast, client_of, url):
    """What each kind of person is answered."""
    return {
        kind: client_of(None if kind == "visitor" else cast.person(kind)).get(url).status_code
        for kind in KINDS
    }


def expected(readers):
    return {kind: 200 if kind in readers else 302 if kind == "visitor" else 404 for kind in KINDS}


def test_who_may_open_a_certificate(opened, course, client_of):
    certificate = record(opened, course).certificate
    url = reverse("training:certificate_pdf", args=[certificate.pk])
    assert statuses(opened, client_of, url) == expected(READERS | {"staff"})
    answer = client_of(opened.staff).get(url)
    assert answer.content.startswith(b"%PDF")
    assert answer["Cache-Control"] == "private, no-store"


def test_a_certificate_is_rendered_once_and_the_same_row_gives_the_same_bytes(opened, course):
    from hmis_portal import documents
    from training.papers import certificates

    certificate = record(opened, course).certificate
    first = certificates.document_of(certificate)
    assert certificates.document_of(certificate) == first
    assert certificates.render(Certificate.objects.get(pk=certificate.pk)) == documents.read(first)


def test_42_the_public_page_says_name_course_dates_and_state_never_the_address(
    opened, course, client_of, time_machine
):
    time_machine.move_to("2026-11-22T16:00:00Z")
    completion = record(opened, course)
    number = completion.certificate.number
    url = reverse("training:certificate_public", args=[number])
    page = client_of(None).get(url)
    text = page.content.decode()
    for words in ("Sasha Staff", course.title, "November 2, 2026", "November 1, 2027", "genuine and valid"):
        assert words in text
    assert opened.staff.email not in text
    assert opened.agency.name not in text
    assert client_of(None).get(url.replace("-", "").lower()).status_code == 200
    time_machine.move_to("2027-11-02T16:00:00Z")
    assert b"It was valid through November 1, 2027" in client_of(None).get(url).content
    services.void(completion, by=opened.admin, reason="Wrong person")
    assert b"Do not rely on it" in client_of(None).get(url).content
    assert b"Wrong person" not in client_of(None).get(url).content


def test_42_numbers_are_random_of_a_hundred_bits():
    from training.papers import certificates

    numbers = {certificates.new_number() for _ in range(500)}
    assert len(numbers) == 500
    assert len(Certificate.ALPHABET) ** Certificate.LENGTH >= 2**80
    assert len(set(Certificate.ALPHABET)) == 32


def test_an_unknown_number_is_answered(client_of):
    answer = client_of(None).get("/certificates/AAAAA-AAAAA-AAAAA-AAAAA/")
    assert answer.status_code == 404
    assert b"No certificate has this number" in answer.content


def test_the_lookup_form_leads_to_the_certificate(client_of, db):
    assert (
        client_of(None).get("/certificates/", {"number": "abcde fghjk-lmnpq rstuv"}).url
        == "/certificates/ABCDE-FGHJK-LMNPQ-RSTUV/"
    )
    assert b"Enter the certificate" in client_of(None).get("/certificates/", {"number": ""}).content


def test_anyone_reads_the_guide(catalogue, client_of, django_assert_max_num_queries):
    client = client_of(None)
    client.get("/training/guide/")
    with django_assert_max_num_queries(5):
        page = client.get("/training/guide/").content.decode()
    for course in Course.objects.all():
        assert course.title in page
    assert "A quiz, at least 80 percent" in page
    assert "Every 2 years" in page
    assert "Emergency Shelter" in page


def test_who_follows_an_agencys_training(opened, client_of):
    url = reverse("training:agency", args=[opened.agency.pk])
    assert statuses(opened, client_of, url) == expected(READERS)
    page = client_of(opened.director).get(url).content
    assert b"Sasha Staff" in page
    assert b"0 of 2 people" in page


def test_the_agencys_view_costs_the_same_for_fifty(opened, client_of, django_assert_max_num_queries):
    from tests.factories import StaffFactory

    url = reverse("training:agency", args=[opened.agency.pk])
    client = client_of(opened.director)
    client.get(url)
    for _ in range(25):
        services.assign(staff=StaffFactory(agency=opened.agency, user=UserFactory()), by=None)
    with django_assert_max_num_queries(13):
        assert client.get(url).status_code == 200


def test_a_certificate_is_pdfa_3a_and_pdfua_1(opened, course, tmp_path):
    """By an independent validator, with and without score and end, and with a long name."""
    from hmis_portal import documents
    from tests.hmis_portal.signing import verapdf
    from training.papers import certificates

    opened.staff.first_name = "Maria-Magdalena Anastasia Konstantina"
    opened.staff.last_name = "O’Connor-Wojciechowski de la Fuente y Montenegro"
    opened.staff.save()
    for one in (course, Course.objects.get(slug="workflow-rapid")):
        certificate = record(opened, one).certificate
        (tmp_path / f"{one.slug}.pdf").write_bytes(documents.read(certificates.document_of(certificate)))
    report = verapdf.report(sorted(tmp_path.glob("*.pdf")))
    assert report.count("PASS") == 4, report[:3000]


@pytest.mark.parametrize("kind", ["staff", "coordinator", "director"])
def test_one_s_own_training_is_found_from_the_head_of_every_page(kind, cast, client_of):
    """Also by a manager who is on the roster, from pages that are not about training."""
    client = client_of(cast.person(kind))
    for url in (reverse("agencies:me"), reverse("onboarding:guide"), reverse("agencies:messages")):
        head = client.get(url).text.partition("</header>")[0]
        assert f'<a href="{reverse("training:mine")}">Your training</a>' in head
    assert (
        reverse("training:mine")
        not in client_of(None).get(reverse("onboarding:guide")).text.partition("</header>")[0]
    )
