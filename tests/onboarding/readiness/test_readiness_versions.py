"""Versions of the readiness questions: copied, edited in words, previewed, published once, frozen, then asked."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import AuditEvent
from hmis_portal.what_if.trying import undone
from onboarding.application import opening
from onboarding.models import (
    Application,
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessQuestion,
    ReadinessVersion,
)
from onboarding.readiness import rules, versions
from onboarding.sections.answers import questions_of
from tests.onboarding.helpers import readiness_data, save_pages
from tests.what_if import sent_after_reading

pytestmark = pytest.mark.django_db
PUBLISH = {"what_changed": "A question on paper fax machines.", "read": "on"}


@pytest.fixture
def admin_client(cast, reference):
    return cast.client("admin")


@pytest.fixture
def draft_questions(cast, admin_client):
    answer = admin_client.post(reverse("admin:onboarding_readiness_begin"))
    version = ReadinessVersion.objects.get(number=2)
    assert answer["Location"] == reverse("admin:onboarding_readinessversion_change", args=[version.pk])
    return version


def question_data(**changes):
    """What the admin's form of a question sends, with one outcome."""
    return {
        "number": "37", "order": "370", "group": "Papers", "text": "Are fax machines locked away?", "hint": "", "basis": "local",
        "shown_from": "", "kind": "YN", "choices_text": "", "asked_question": "", "asked_answers": "",
        "outcomes-TOTAL_FORMS": "1", "outcomes-INITIAL_FORMS": "0", "outcomes-0-order": "0", "outcomes-0-kind": "B",
        "outcomes-0-text": "Lock the fax machines away before approval.", "outcomes-0-answers": "no", **changes,
    }  # fmt: skip


def add(admin, **changes):
    return admin.post(reverse("admin:onboarding_readinessquestion_add"), question_data(**changes))


def publish(admin, version):
    url = reverse("admin:onboarding_readiness_publish", args=[version.pk])
    return sent_after_reading(admin, url, PUBLISH)


def test_a_copy_reads_the_same(draft_questions):
    one = ReadinessVersion.objects.get(number=1)
    assert draft_questions.questions.count() == one.questions.count() == 45
    assert versions.changes(one, draft_questions) == []
    assert versions.problems(draft_questions) == []
    assert AuditEvent.objects.filter(verb="begun", target_id=str(draft_questions.pk)).exists()


def test_there_is_one_draft(admin_client, draft_questions):
    answer = admin_client.post(reverse("admin:onboarding_readiness_begin"), follow=True)
    assert "Version 2 is a draft already" in answer.text
    with pytest.raises(DatabaseError), transaction.atomic():
        ReadinessVersion.objects.create(number=3)


def test_the_page_reads_in_words(admin_client, draft_questions):
    page = admin_client.get(
        reverse("admin:onboarding_readinessversion_change", args=[draft_questions.pk])
    ).text
    for words in (
        "Asked only when question 14 was answered “Yes”.",
        "Not asked: section A answers it (Security Officer).",
        "the number is over 15",
        "the date is more than 30 days ago",
        "no document of the kind “QSOA or BAA” is there",
        "Nothing: every question is the same.",
    ):
        assert words in page, words
    assert "{&#x27;" not in page


def test_what_is_read_while_publishing_is_tried_is_not_kept(draft_questions):
    with undone():
        ReadinessVersion.objects.filter(pk=draft_questions.pk).update(published_at=timezone.now())
        assert len(questions_of(draft_questions.pk)) == 45
    draft_questions.questions.update(text="Another")
    assert {question.text for question in questions_of(draft_questions.pk)} == {"Another"}


def test_an_added_question_is_asked_in_the_preview_and_after_publishing(cast, admin_client, draft_questions):
    running = opening.start(agency=cast.agency, by=cast.director)
    assert add(admin_client).status_code == 302
    question = draft_questions.questions.get(number="37")
    assert (question.choices, question.answer_type) == (rules.YES_NO, "YN")
    assert question.outcomes.get().when == {"answer": ["no"]}
    preview = admin_client.get(reverse("admin:onboarding_readiness_preview", args=[draft_questions.pk]))
    assert "Are fax machines locked away?" in preview.text
    assert "Lock the fax machines away" in preview.text
    page = admin_client.get(
        reverse("admin:onboarding_readinessversion_change", args=[draft_questions.pk])
    ).text
    assert "37. Are fax machines locked away?" in page
    confirm = admin_client.get(reverse("admin:onboarding_readiness_publish", args=[draft_questions.pk])).text
    assert "can never be changed" in confirm
    assert (
        admin_client.post(
            reverse("admin:onboarding_readiness_publish", args=[draft_questions.pk]), {}
        ).status_code
        == 422
    )
    assert publish(admin_client, draft_questions).status_code == 302
    draft_questions.refresh_from_db()
    assert (draft_questions.published_by, draft_questions.what_changed) == (
        cast.admin,
        PUBLISH["what_changed"],
    )

    url = f"/agencies/{cast.agency.pk}/application/readiness/papers/"
    assert "fax machines" not in cast.client("director").get(url).content.decode()
    assert running.readiness_version.number == 1
    other = opening.start(agency=cast.other_agency, by=cast.stranger)
    assert other.readiness_version == draft_questions
    url = f"/agencies/{cast.other_agency.pk}/application/readiness/papers/"
    assert "fax machines" in cast.client("stranger").get(url).content.decode()
    data = readiness_data(q37="no")
    answer = cast.client("stranger").post(url, data)
    assert "Answer “Are fax" not in answer.content.decode()


def test_the_next_application_begins_with_answers_that_still_fit(cast, admin_client, draft_questions):
    first = opening.start(agency=cast.agency, by=cast.director)
    base = f"/agencies/{cast.agency.pk}/application/"
    plan = {
        "q9a_plan": "Train",
        "q9a_plan_owner": "D",
        "q9a_plan_due_month": "1",
        "q9a_plan_due_day": "1",
        "q9a_plan_due_year": "2099",
    }
    director = cast.client("director")
    assert save_pages(director, base, "readiness", readiness_data(q9a="no", **plan)).status_code == 302
    changed = draft_questions.questions.get(number="9a")
    changed.text = "Do passwords have at least 12 characters?"
    changed.save()
    assert publish(admin_client, draft_questions).status_code == 302
    Application.objects.filter(pk=first.pk).update(state="withdrawn")
    second = opening.start(agency=cast.agency, by=cast.director)
    kept = {row.question.number for row in ReadinessAnswer.objects.filter(application=second)}
    assert "8" in kept
    assert "9a" not in kept
    assert "Last time you answered: No." in director.get(f"{base}readiness/sign-in/").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"asked_question": "99", "asked_answers": "yes"}, "question 99, which is not in this version"),
        ({"asked_question": "14", "asked_answers": "maybe"}, "“maybe” is not an answer of question 14"),
        ({"asked_question": "14", "asked_answers": ""}, "Name the answers of question 14"),
        ({"asked_question": "5", "asked_answers": "yes"}, "question 5, which has no choices"),
        ({"asked_question": "15", "asked_answers": "yes"}, "question 15, which has no choices"),
        ({"asked_question": "17", "asked_answers": "yes"}, "depends on another itself"),
        ({"asked_question": "abc"}, "Enter a number such as 9, or 9a"),
        ({"kind": "C", "choices_text": "one of these"}, "“one of these” cannot be read"),
        ({"kind": "C", "choices_text": "a: One\na: Two"}, "Two choices have the same code"),
        ({"kind": "C"}, "Enter the choices"),
        ({"kind": "T"}, "Give the question choices or a further answer"),
        ({"number": "8"}, "This number is taken"),
        ({"outcomes-0-answers": "perhaps"}, "“perhaps” is not an answer of question 37"),
        ({"outcomes-0-answers": ""}, "Say when it holds"),
        ({"outcomes-0-number_over": "5"}, "needs a further answer: a number"),
        ({"outcomes-0-older_than_days": "5"}, "needs a further answer: a date"),
        (
            {
                "date_label": "When?",
                "outcomes-0-answers": "",
                "outcomes-0-older_than_days": "9999999999",
            },
            "less than or equal to 36500",
        ),
        ({"number_label": "How many?", "number_min": "9", "number_max": "1"}, "must not be smaller"),
        ({"outcomes-0-upload_missing": "picture"}, "Select a valid choice"),
        ({"text_label": "Why?", "text_when": "maybe"}, "“maybe” is not an answer of question 37"),
        ({"text": ""}, "required"),
        ({"text": "x" * 600}, "at most 500"),
        ({"text": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(admin_client, draft_questions, changes, words):
    answer = add(admin_client, **changes)
    assert answer.status_code == 200
    assert words in answer.text
    assert not draft_questions.questions.filter(number="37").exists()


def test_further_answers_and_conditions_come_back_as_typed(admin_client, draft_questions):
    assert add(
        admin_client, kind="multi", choices_text="fax: By fax\nmail: By mail\nnone: None of these", asked_question="27",
        asked_answers="no", number_label="How many?", number_when="fax, mail", number_required="on", number_min="1",
        number_max="9", **{"outcomes-0-answers": "fax", "outcomes-0-number_over": "3"},
    ).status_code == 302  # fmt: skip
    one = draft_questions.questions.get(number="37")
    assert one.asked_when == {"question": "27", "is": ["no"]}
    assert one.parts == {
        "number": {"label": "How many?", "when": ["fax", "mail"], "required": True, "min": 1, "max": 9}
    }
    assert one.outcomes.get().when == {"answer": ["fax"], "number_over": 3}
    page = admin_client.get(reverse("admin:onboarding_readinessquestion_change", args=[one.pk])).text
    for words in ("fax: By fax", 'value="fax, mail"', 'value="How many?"', 'value="27"'):
        assert words in page, words


def test_every_question_of_the_seed_can_be_saved_unchanged(admin_client, draft_questions):
    """The form says all that version 1 needs: saving what it shows changes nothing."""
    from django.forms.models import model_to_dict

    from onboarding.forms.readiness.questions import QuestionForm

    for one in draft_questions.questions.prefetch_related("outcomes"):
        parts = {
            part: {k: v for k, v in given.items() if v is not False} for part, given in one.parts.items()
        }
        before = (one.choices, parts, one.asked_when)
        initial = QuestionForm(instance=one).initial
        data = {
            name: value
            for name, value in (model_to_dict(one) | initial).items()
            if value is not None and value is not False
        }
        form = QuestionForm(data, instance=one)
        assert form.is_valid(), (one.number, form.errors)
        assert (one.choices, one.parts, one.asked_when) == before, one.number


def test_what_others_depend_on_is_missed_before_publishing(admin_client, draft_questions):
    url = reverse(
        "admin:onboarding_readinessquestion_delete", args=[draft_questions.questions.get(number="14").pk]
    )
    assert admin_client.post(url, {"post": "yes"}).status_code == 302
    assert not draft_questions.questions.filter(number="14").exists()
    wanted = "Question 15: It is asked only after question 14, which is not in this version."
    assert (
        wanted
        in admin_client.get(
            reverse("admin:onboarding_readinessversion_change", args=[draft_questions.pk])
        ).text
    )
    answer = publish(admin_client, draft_questions)
    assert answer.status_code == 422
    assert wanted in answer.text
    draft_questions.refresh_from_db()
    assert draft_questions.published_at is None


def test_what_is_published_is_frozen_by_the_database(admin_client, draft_questions):
    published = ReadinessVersion.objects.get(number=1)
    question = published.questions.first()
    outcome = question.outcomes.first()

    def refused(act):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()

    refused(lambda: ReadinessQuestion.objects.filter(pk=question.pk).update(text="Other"))
    refused(lambda: ReadinessOutcome.objects.filter(pk=outcome.pk).update(kind="A"))
    refused(lambda: ReadinessOutcome.objects.filter(pk=outcome.pk).delete())
    refused(
        lambda: ReadinessQuestion.objects.create(version=published, number="99", text="x", answer_type="YN")
    )
    refused(lambda: ReadinessVersion.objects.filter(pk=published.pk).update(published_at=None))
    moved = draft_questions.questions.get(number="8")
    refused(lambda: ReadinessQuestion.objects.filter(pk=moved.pk).update(version=published, number="98"))
    url = reverse("admin:onboarding_readinessquestion_change", args=[question.pk])
    assert admin_client.post(url, question_data()).status_code == 403
    assert admin_client.get(url).status_code == 200


def test_a_draft_can_be_dropped_and_acts_do_not_repeat(admin_client, draft_questions):
    drop = reverse("admin:onboarding_readiness_drop", args=[draft_questions.pk])
    assert admin_client.get(drop).status_code == 200
    assert ReadinessVersion.objects.filter(pk=draft_questions.pk).exists()
    assert admin_client.post(drop).status_code == 302
    assert not ReadinessVersion.objects.filter(number=2).exists()
    assert admin_client.post(drop).status_code == 404
    published = ReadinessVersion.objects.get(number=1)
    answer = admin_client.post(reverse("admin:onboarding_readiness_drop", args=[published.pk]), follow=True)
    assert "already published" in answer.text
    answer = admin_client.post(
        reverse("admin:onboarding_readiness_publish", args=[published.pk]), PUBLISH, follow=True
    )
    assert "already published" in answer.text


@pytest.mark.parametrize(
    ("kind", "get", "post"), [("auditor", 200, 403), ("trainer", 403, 403), ("director", 403, 403)]
)
def test_who_may(cast, draft_questions, kind, get, post):
    client = cast.client(kind)
    pages = [
        reverse("admin:onboarding_readinessversion_change", args=[draft_questions.pk]),
        reverse("admin:onboarding_readiness_preview", args=[draft_questions.pk]),
    ]
    for url in pages:
        assert client.get(url, follow=True).status_code == get
    acts = [
        reverse(f"admin:onboarding_readiness_{act}", args=[draft_questions.pk]) for act in ("publish", "drop")
    ]
    for url in [
        *acts,
        reverse("admin:onboarding_readiness_begin"),
        reverse("admin:onboarding_readinessquestion_add"),
    ]:
        assert client.post(url, PUBLISH | question_data(), follow=True).status_code == post
    assert ReadinessVersion.objects.get(pk=draft_questions.pk).published_at is None


def test_the_list_costs_the_same_for_twenty_versions(admin_client, django_assert_num_queries):
    url = reverse("admin:onboarding_readinessversion_changelist")
    admin_client.get(url)
    with CaptureQueriesContext(connection) as one:
        admin_client.get(url)
    ReadinessVersion.objects.bulk_create(
        ReadinessVersion(number=number, published_at=timezone.now()) for number in range(2, 22)
    )
    with django_assert_num_queries(len(one)):
        page = admin_client.get(url).text
    assert page.count("In force") == 1
