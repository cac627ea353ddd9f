"""The list of applications: what needs a decision first, by days since sending; many taken at once; as CSV."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from hmis_portal.models import Message
from onboarding.admin.queue import listing
from onboarding.models import Application, Mou
from onboarding.reference import load
from tests.applications import make_application
from tests.factories import AgencyFactory, CoCFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(cast, reference):
    """Three that wait, the newest first, and one that is decided."""
    coc = CoCFactory()
    rows = []
    for number in range(3):
        agency = AgencyFactory(legal_name=f"=House {number}", common_name="", joining_reason="required")
        agency.cocs.add(coc)
        sent = timezone.now() - dt.timedelta(days=number * 30)
        rows.append(make_application(agency, by=cast.director, submitted_at=sent))
    decided = {"decided_at": timezone.now(), "decided_by": cast.admin, "reviewer": cast.admin}
    make_application(AgencyFactory(legal_name="Decided"), by=cast.director, state="approved", **decided)
    return rows


def listed(client, **given):
    return client.get(reverse("admin:onboarding_application_changelist"), given)


def names(response):
    return [row.agency.legal_name for row in response.context["cl"].result_list]


def test_what_needs_a_decision_stands_first_and_its_age_is_not_begun_anew(waiting, cast, client_of):
    client = client_of(cast.admin)
    page = listed(client)
    assert names(page) == ["=House 2", "=House 1", "=House 0"]
    assert "business days, late" in page.text
    assert len(names(listed(client, turn="all"))) == 4
    assert names(listed(client, age="late")) == ["=House 2", "=House 1"]
    assert names(listed(client, age="in_time")) == ["=House 0"]
    assert len(names(listed(client, agency__joining_reason__exact="required"))) == 3
    oldest = page.context["cl"].result_list[0].waits
    for act, state in (("take", "in_review"), ("hand_back", "submitted")):
        keys = [row.pk for row in waiting]
        answer = client.post(
            reverse("admin:onboarding_application_changelist") + "?turn=hmis",
            {"action": act, "_selected_action": keys},
        )
        assert answer["Location"].endswith("?turn=hmis")
        assert set(Application.objects.filter(pk__in=keys).values_list("state", flat=True)) == {state}
        assert listed(client).context["cl"].result_list[0].waits == oldest


def test_what_an_application_does_not_have_is_a_dash_in_every_column(cast, reference, client_of):
    make_application(AgencyFactory(), by=cast.director, state="draft")
    page = listed(client_of(cast.admin), turn="all")
    for column in ("cocs", "waits", "blocked_by", "reviewer_name"):
        assert re.search(f'<td class="field-{column}"[^>]*>([^<]*)</td>', page.text).group(1) == "–", column


def test_the_filters_say_in_our_words_what_has_none(waiting, cast, client_of):
    queue = listed(client_of(cast.admin)).context["cl"]
    none = {one.title: list(one.choices(queue))[-1]["display"] for one in queue.filter_specs}
    titles = ("reviewer", "Continuums of Care", "Coordinated Access Networks")
    assert [none[title] for title in titles] == ["No reviewer yet", "No CoC", "No CAN"]


def test_what_cannot_be_taken_is_said_and_holds_up_no_other(waiting, cast, client_of):
    Application.objects.filter(pk=waiting[0].pk).update(state="withdrawn")
    url = reverse("admin:onboarding_application_changelist") + "?turn=all"
    given = {"action": "take", "_selected_action": [row.pk for row in waiting]}
    text = client_of(cast.admin).post(url, given, follow=True).text
    assert "Done with 2 applications." in text
    assert f"{waiting[0]}: This cannot be done now" in text
    client_of(cast.auditor).post(url, {**given, "action": "hand_back"})
    assert Application.objects.filter(state="in_review").count() == 2


def test_the_list_as_csv_is_what_it_is_narrowed_to(waiting, cast, client_of):
    url = reverse("admin:onboarding_application_csv")
    answer = client_of(cast.admin).get(url, {"age": "late"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith(f"{waiting[2].reference},'=House 2,CT-")
    assert client_of(cast.trainer).get(url).status_code == 403


def test_the_csv_says_whose_turn_it_is_as_the_page_does_and_asks_once_for_each_batch(
    waiting, cast, client_of, monkeypatch, django_assert_max_num_queries, django_assert_num_queries
):
    make_application(cast.agency, by=cast.director, state="changes_requested")
    Application.objects.filter(pk=waiting[0].pk).update(
        state="in_review", reviewer=cast.admin, held_for="HUD"
    )
    page = listed(client_of(cast.admin), turn="all").context["cl"]

    def turns():
        rows = csv.DictReader(io.StringIO(listing.as_csv(page.queryset).getvalue().decode("utf-8-sig")))
        return {row["Reference"]: row["Whose turn"] for row in rows}

    with django_assert_max_num_queries(20) as at_once:
        assert turns() == {row.reference: row.turn_words for row in page.result_list}
    assert len(set(turns().values())) >= 3
    monkeypatch.setattr(listing, "AT_ONCE", 3)
    with django_assert_max_num_queries(2 * len(at_once)):
        assert turns() == {row.reference: row.turn_words for row in page.result_list}, (
            "5 rows, in two batches"
        )
    monkeypatch.undo()
    for number in range(9):
        make_application(AgencyFactory(legal_name=f"More {number}"), by=cast.director)
    with django_assert_num_queries(len(at_once)):
        assert len(turns()) == 14


def test_queries_do_not_grow_with_the_rows(waiting, cast, client_of, django_assert_max_num_queries):
    client = client_of(cast.admin)
    listed(client)
    with django_assert_max_num_queries(20):
        listed(client)


def test_many_are_assigned_to_a_colleague_and_agencies_are_reminded_once_a_day(waiting, cast, client_of):
    colleague = UserFactory(email="second@hmis.example", groups=("HMIS Admin",))
    client, url = client_of(cast.admin), reverse("admin:onboarding_application_changelist") + "?turn=all"
    chosen = {"action": "assign", "_selected_action": [row.pk for row in waiting]}
    assert "Choose the colleague" in client.post(url, chosen, follow=True).text
    answer = client.post(url, chosen | {"colleague": colleague.pk}, follow=True)
    assert "Done with 3 applications." in answer.text
    rows = Application.objects.filter(pk__in=[row.pk for row in waiting])
    assert {(row.state, row.reviewer) for row in rows} == {("in_review", colleague)}
    client.post(url, chosen | {"colleague": cast.director.pk})
    assert {row.reviewer for row in rows.all()} == {colleague}

    late = timezone.localdate() - dt.timedelta(days=2)
    asked = make_application(cast.agency, by=cast.director, state="changes_requested", answer_by=late)
    given = {"action": "remind", "_selected_action": [asked.pk, waiting[0].pk]}
    text = client.post(url, given, follow=True).text
    assert "Done with 1 application." in text
    assert "does not wait for an answer of the agency" in text
    assert "reminded today already" in client.post(url, given, follow=True).text
    letter = Message.objects.get(name="onboarding/answer_by")
    assert letter.to == cast.director.email
    assert "is late" in letter.subject
    client_of(cast.auditor).post(url, given)
    assert Message.objects.filter(name="onboarding/answer_by").count() == 1


def test_what_blocks_an_approval_is_counted_as_the_review_page_counts_it(
    complete, texts, cast, reference, client_of, commits
):
    from onboarding.services import perform
    from onboarding.tasks import recount_blockers
    from tests.mou import issue_mou
    from tests.people import hold

    Mou.objects.filter(pk=issue_mou(cast).pk).update(state="signed", signed_at=timezone.now())
    assert perform(complete, "submit", by=cast.director).blockers == 0
    client, agency = client_of(cast.admin), complete.agency
    other = make_application(AgencyFactory(legal_name="Never counted"), by=cast.director)

    def blocked(**given):
        rows = listed(client, turn="all", **given).context["cl"].result_list
        return {row.reference: row.blocked_by for row in rows}

    assert blocked() == {complete.reference: 0, other.reference: None}
    assert blocked(blockers="some") == {}
    agency.contacts.filter(position="security").delete()
    with commits():
        recount_blockers()
    assert blocked()[complete.reference] == 1
    Application.objects.filter(pk=other.pk).update(state="withdrawn")
    assert blocked(blockers="some") == {complete.reference: 1}
    review = client.get(reverse("admin:onboarding_application_review", args=[complete.pk]))
    assert len(review.context["blocking"]) == 1
    answer = client.get(reverse("admin:onboarding_application_csv"), {"blockers": "some", "turn": "all"})
    head, line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert (head.rpartition(",")[2], line.rpartition(",")[2]) == ("Blockers", "1")

    agency.legal_name = "Harbor Home, Inc."
    agency.save(update_fields=["legal_name"])
    assert blocked(blockers="some") == {complete.reference: 2}, "the MOU names another"
    hold(agency, "security", "Pat Security", "pat@harbor.example")
    Application.objects.update(blockers=None)
    load()
    assert blocked(blockers="some") == {complete.reference: 1}
    perform(Application.objects.get(pk=complete.pk), "withdraw", by=cast.director)
    assert set(blocked().values()) == {None}, "nobody is to decide"
    assert blocked(blockers="some") == {}
