"""One search on the desk, and the file of a person to which it leads: “why can't I sign in?”"""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.desk import finding
from agencies.models import AgencyRole, Contact, Invitation, Person, User
from agencies.services import invitations
from hmis_portal.models import Message
from onboarding import questions
from onboarding.admin.desk import search
from onboarding.models import Access, Application, Mou, Thread
from tests.applications import make_application
from tests.factories import AgencyFactory, ProjectFactory, StaffFactory, UserFactory
from training.models import Because, Completion, Course, Requirement

pytestmark = pytest.mark.django_db
SEARCH = "admin:onboarding_search"


@pytest.fixture
def find(sent, cast, client_of):
    """What a search answers: its links, and the page."""
    client = client_of(cast.admin)

    def found(term):
        answer = client.get(reverse(SEARCH), {"q": term})
        assert answer.status_code == 200, term
        return {hit.url for group in answer.context["groups"] for hit in group.hits}

    return found


def page(name, pk):
    return reverse(f"admin:{name}", args=[pk])


def test_of_what_finds_very_many_some_are_put_in_order_and_shown(cast, client_of, monkeypatch):
    monkeypatch.setattr(finding, "CONSIDERED", 4)
    monkeypatch.setattr(finding, "SHOWN", 3)
    monkeypatch.setattr(search, "SHOWN", 3)
    for place in "FEDCBA":
        AgencyFactory(legal_name=f"Zion House {place}")
    answer = client_of(cast.admin).get(reverse(SEARCH), {"q": "z"})
    (agencies,) = [group for group in answer.context["groups"] if group.title == "Agencies"]
    names = [hit.text for hit in agencies.hits]
    assert (len(names), names) == (3, sorted(names))
    assert "There are more than 4. These are some of them, not the first of the alphabet." in answer.text
    assert "There are more. Type" not in answer.text
    monkeypatch.setattr(finding, "CONSIDERED", 6)
    answer = client_of(cast.admin).get(reverse(SEARCH), {"q": "z"})
    (agencies,) = [group for group in answer.context["groups"] if group.title == "Agencies"]
    assert [hit.text for hit in agencies.hits] == [f"Zion House {place}" for place in "ABC"]
    assert "There are more. Type more of what you look for." in answer.text


def test_a_caller_is_found_however_they_say_who_they_are(find, sent, cast):
    cast.agency.phone = "(860) 555-0142"
    cast.agency.save(update_fields=["phone"])
    User.objects.filter(pk=cast.stranger.pk).update(phone="203-555-0199 ext. 12", last_name="Núñez-O'Hara")
    named = Person.objects.create(
        agency=cast.agency,
        first_name="Zoë",
        last_name="Quill",
        email="zoe@quill.example",
        phone="(475) 555-0123",
    )
    agency = page("agencies_agency_change", cast.agency.pk)
    director, stranger = (page("agencies_user_change", one.pk) for one in (cast.director, cast.stranger))
    without_account = page("onboarding_person", named.pk)
    mou = Mou.objects.get(agency=cast.agency)
    review = page("onboarding_application_review", sent.pk)
    other = make_application(cast.other_agency, by=cast.stranger, state="draft")
    Application.objects.filter(pk=other.pk).update(reference="APP-2026-7KQ4-X2MB")
    other_page = page("onboarding_application_review", other.pk)
    for term, expected in {
        "harbor": agency, "HOUSE  harb": agency, "06-1234567": agency, "061234567": agency, "06 123": agency,
        "+1 860.555.0142": agency, "Dana Direct": director, "director, dana": director,
        "director@harbor.example": director, "DIRECTOR@Harbor.Example ": director, "nunez": stranger, "O’Hara": stranger,
        "(203) 555 0199": stranger, "2035550199": stranger, "zoe": without_account, "4755550123": without_account,
        sent.reference: review, "app 2026 7kq4 x2mb": other_page, "APP-2026-7KQ4-X2MB.": other_page, "harbor house": review,
        mou.reference: page("onboarding_mou_change", mou.pk),
    }.items():  # fmt: skip
        assert expected in find(term), term
    assert not find("nobody of this name")


@pytest.mark.parametrize("name", ["onboarding_application", "onboarding_mou", "agencies_agency"])
def test_a_list_finds_an_agency_without_its_accents(sent, cast, client_of, name):
    cast.agency.legal_name, cast.agency.common_name = "O’Hara’s Café, Inc.", ""
    cast.agency.save()
    client = client_of(cast.admin)
    for typed, count in (("cafe o'hara", 1), ("O’HARA’S caf", 1), ("cafe nobody", 0)):
        answer = client.get(reverse(f"admin:{name}_changelist"), {"q": typed})
        assert len(answer.context["cl"].result_list) == count, typed


def test_the_lists_of_staff_and_of_what_they_do_find_a_name_without_its_accents(
    reference, cast, catalogue, client_of
):
    User.objects.filter(pk=cast.stranger.pk).update(first_name="Zoë", last_name="O'Hara")
    agency = AgencyFactory(legal_name="Núñez’s Café", common_name="")
    staff = StaffFactory(agency=agency, user=cast.stranger, first_name="Zoë", last_name="O'Hara")
    Access.objects.create(staff=staff, state="granted", granted_at=timezone.now(), granted_by=cast.admin)
    course, today = Course.objects.get(slug="privacy-security"), timezone.localdate()
    asked = Requirement.objects.create(person=cast.stranger, course=course, assigned_on=today, due_on=today)
    for reason in ("works here", "works there"):
        other = StaffFactory(agency=AgencyFactory(), user=cast.stranger)
        at = staff if reason == "works here" else other
        Because.objects.create(requirement=asked, staff=at, reason=reason)
    Completion.objects.create(
        person=cast.stranger, course=course, completed_at=timezone.now(), completed_on=today, source="import",
        passed=True, external_id="found"
    )  # fmt: skip
    client = client_of(cast.admin)
    of_agencies = ("agencies_staff", "onboarding_access", "training_requirement")
    for names, typed, count in (
        ((*of_agencies, "training_completion"), "zoe ohara", 1), (of_agencies, "nunezs cafe", 1), (of_agencies, "zoe nobody", 0),
    ):  # fmt: skip
        for name in names:
            rows = client.get(reverse(f"admin:{name}_changelist"), {"q": typed}).context["cl"].result_list
            assert len(rows) == count, (name, typed)


@pytest.mark.parametrize(
    ("kept", "found_by", "not_by"),
    [
        ("O'Brien", ["obrien", "OBRI", "O Brien", "o’brien", "O'BRIEN"], ["brienne", "obrienx"]),
        ("O’Brien", ["obrien", "o brien", "O'Brien", "brien"], ["ob rien"]),
        ("d'Arc", ["darc", "d arc", "D’Arc"], ["dark"]),
        ("St. Mary’s", ["st marys", "st. mary's", "St Mary", "mary s"], ["st marks"]),
        ("St Marys", ["St. Mary's", "st. mary’s"], ["st maryz"]),
        ("Núñez-O'Hara", ["nunez ohara", "ohara-nunez", "nunez o'hara"], ["nunezohara"]),
    ],
)
def test_a_name_is_found_with_its_apostrophe_and_without(find, sent, cast, client_of, kept, found_by, not_by):
    User.objects.filter(pk=cast.stranger.pk).update(first_name="Kim", last_name=kept)
    agency = AgencyFactory(legal_name=f"{kept} House", common_name="")
    named = Person.objects.create(agency=agency, first_name="Lee", last_name=kept, email="lee@house.example")
    both = {
        page("agencies_user_change", cast.stranger.pk),
        page("agencies_agency_change", agency.pk),
        page("onboarding_person", named.pk),
    }
    client = client_of(cast.admin)
    for terms, expected in ((found_by, both), (not_by, set())):
        for term in terms:
            assert find(term) & both == expected, term
            for name in ("agencies_user", "agencies_agency"):
                rows = client.get(reverse(f"admin:{name}_changelist"), {"q": term}).context["cl"].result_list
                assert len(rows) == bool(expected), (name, term)


def test_a_question_is_found_by_its_words_and_by_who_asked(find, cast):
    thread = questions.ask(
        kind=Thread.Kind.SUPPORT, subject="Volunteers?", text="We have three.", name="Vera Visitor",
        email="vera@visitor.example", by=None,
    )  # fmt: skip
    for term in ("volunteer", "vera visitor", "vera@visitor.example"):
        assert page("onboarding_thread_answer", thread.pk) in find(term)


def test_nothing_that_is_typed_breaks_it(find, cast, client_of):
    for term in (
        "", " ", "'", "' | 'a':*", "a & | !", "\\", "%", "𝕏", "::::", "é" * 200, "1" * 200, "a " * 90, "()", "“", "\u0301",
    ):  # fmt: skip
        find(term)
    client = client_of(cast.admin)
    assert "<script>alert" not in client.get(reverse(SEARCH), {"q": "<script>alert(1)</script>"}).text
    assert "at most 200 characters" in client.get(reverse(SEARCH), {"q": "a" * 5000}).text


def test_it_asks_as_much_of_a_hundred_as_of_one(
    find, cast, client_of, django_assert_max_num_queries, django_assert_num_queries
):
    client = client_of(cast.admin)
    client.get(reverse(SEARCH), {"q": "harbor"})
    with django_assert_max_num_queries(14) as few:
        client.get(reverse(SEARCH), {"q": "harbor"})
    for number in range(40):
        user = UserFactory(
            email=f"p{number}@harbor.example", first_name=f"Harbor{number}", last_name="Person"
        )
        Person.objects.join(AgencyFactory(legal_name=f"Harbor of town {number}"), user)
    with django_assert_num_queries(len(few)):
        answer = client.get(reverse(SEARCH), {"q": "harbor"})
    assert "There are more" in answer.text


def test_only_who_reads_every_agency_searches(cast, client_of, reference):
    for kind in ("lead", "auditor"):
        assert client_of(getattr(cast, kind)).get(reverse(SEARCH)).status_code == 200
    assert client_of(cast.trainer).get(reverse(SEARCH), {"q": "dana"}).status_code == 403
    assert reverse(SEARCH) in client_of(cast.admin).get(reverse("admin:index")).text
    assert reverse(SEARCH) not in client_of(cast.trainer).get(reverse("admin:index")).text


def said(client, user):
    return " ".join(client.get(page("agencies_user_change", user.pk)).context["sign_in"])


def test_the_file_says_why_somebody_cannot_sign_in(sent, cast, client_of):
    client = client_of(cast.admin)
    assert "Can sign in" in said(client, cast.director)
    row = invitations.invite(
        agency=cast.agency, email="new@harbor.example", role=AgencyRole.EDITOR, by=cast.director
    )
    assert "has not accepted the invitation of Harbor House" in said(client, row.user)
    Invitation.objects.filter(pk=row.pk).update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    assert "lapsed on" in said(client, row.user)
    User.objects.filter(pk=cast.coordinator.pk).update(is_active=False, closed_at=timezone.now())
    assert "the account was closed on" in said(client, cast.coordinator)
    assert "an authenticator app" in said(client, cast.admin)


def test_the_file_says_that_somebody_is_locked_out(sent, cast, client_of, client, settings):
    for _try in range(5):
        client.post(reverse("account_login"), {"login": cast.director.email, "password": "not it"})
    words = said(client_of(cast.admin), cast.director)
    assert "Locked: too many wrong passwords" in words
    assert "Can sign in" not in words


def test_an_invitation_is_sent_again_from_the_file(sent, cast, client_of):
    row = invitations.invite(
        agency=cast.agency, email="new@harbor.example", role=AgencyRole.EDITOR, by=cast.director
    )
    file, act = page("agencies_user_change", row.user_id), page("onboarding_invitation_resend", row.pk)
    client, before = client_of(cast.admin), Message.objects.filter(to=row.user.email).count()
    assert act in client.get(file).text
    assert client.get(act).status_code == 403
    assert client_of(cast.auditor).post(act).status_code == 403
    assert act not in client_of(cast.auditor).get(file).text
    assert client.post(act, {"back": "https://elsewhere.example/"}).url == reverse(
        "admin:agencies_invitation_changelist"
    )
    assert client.post(act, {"back": file}).url == file
    assert Message.objects.filter(to=row.user.email).count() == before + 2
    Invitation.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
    assert client.post(act, {"back": file}).status_code == 302
    assert Message.objects.filter(to=row.user.email).count() == before + 2


def test_somebody_without_an_account_has_a_file_too(sent, cast, client_of):
    named = Person.objects.create(
        agency=cast.other_agency, first_name="Ida", last_name="Named", email="ida@harbor.example"
    )
    Contact.objects.create(agency=cast.other_agency, position="it", person=named)
    file = page("onboarding_person", named.pk)
    text = client_of(cast.admin).get(file).text
    assert "has no account" in text
    assert "IT contact" in text
    assert client_of(cast.trainer).get(file).status_code == 403
    Person.objects.filter(pk=named.pk).update(user=cast.staff)
    assert client_of(cast.admin).get(file).url == page("agencies_user_change", cast.staff.pk)


def test_a_person_s_file_asks_little_and_shows_what_the_reader_may_see(
    sent, cast, client_of, django_assert_max_num_queries
):
    file = page("agencies_user_change", cast.director.pk)
    client = client_of(cast.admin)
    client.get(file)
    with django_assert_max_num_queries(34):
        shown = client.get(file).context["sections"]
    assert {section.key for section in shown} >= {
        "agencies",
        "training",
        "mous",
        "questions",
        "messages",
        "record",
    }
    assert Application.objects.get(pk=sent.pk).agency.name in {line.text for line in shown[0].lines}
    of_lead = {section.key for section in client_of(cast.lead).get(file).context["sections"]}
    assert not of_lead & {"messages", "record"}
    assert client_of(cast.trainer).get(file).context["sections"] == []


def test_the_file_of_an_agency_holds_everything_with_links_both_ways(
    sent, cast, client_of, django_assert_max_num_queries, django_assert_num_queries
):
    client, file = client_of(cast.admin), page("agencies_agency_change", cast.agency.pk)
    client.get(file)
    with django_assert_max_num_queries(26) as asked:
        answer = client.get(file)
    few = len(asked)
    found = {section.key: section for section in answer.context["sections"]}
    assert set(found) >= {
        "applications", "mous", "conditions", "acting", "roster", "projects", "questions", "documents", "messages", "record",
    }  # fmt: skip
    assert page("onboarding_application_review", sent.pk) in {
        line.url for line in found["applications"].lines
    }
    person = page("agencies_user_change", cast.staff.pk)
    assert person in {line.url for line in found["roster"].lines}
    assert file in {line.url for line in client.get(person).context["sections"][0].lines}
    assert "Turn of" in answer.text
    for number in range(12):
        user = UserFactory(email=f"more{number}@harbor.example")
        StaffFactory(agency=cast.agency, user=user, first_name=f"More{number}")
        ProjectFactory(agency=cast.agency)
        questions.ask(
            kind=Thread.Kind.SUPPORT, subject="More", text="?", by=cast.director, agency=cast.agency
        )
    with django_assert_num_queries(few):
        assert client.get(file).status_code == 200
    assert client_of(cast.lead).get(file).status_code == 200
    trainer = client_of(cast.trainer).get(file)
    assert (trainer.status_code, trainer.context["sections"]) == (200, [])
