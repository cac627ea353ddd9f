"""Colleagues share the work: a section is somebody's, a question stands at an answer until it is resolved."""

import pytest

from agencies import permissions
from agencies.models import AgencyRole
from hmis_portal.models import AuditEvent
from onboarding.application import revisions
from onboarding.models import Assignment, Note
from onboarding.sections.answers import Answers
from onboarding.together import sharing
from tests.onboarding.as_sent import as_sent

pytestmark = pytest.mark.django_db
TEXT = "Is Manchester one of them?"


def ask(cast, base, client, **changes):
    page = f"{base}agency/services/"
    sent = {"field": "towns", "of": str(cast.coordinator.pk), "text": TEXT, **changes}
    return client.post(f"{page}?ask=towns", sent, follow=True)


def test_a_section_is_given_to_a_colleague_and_taken_back(cast, application, base, mailoutbox, commits):
    director, url = cast.client("director"), f"{base}share/"
    with commits():
        assert director.post(url, {"projects": str(cast.coordinator.pk)}).status_code == 302
        director.post(url, {"projects": str(cast.coordinator.pk)})
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([cast.coordinator.email], "You are asked to fill in “B. Projects”")
    ]
    assert "Chris Coordinator does this." in director.get(base).content.decode()
    assert "You do this." in cast.client("coordinator").get(base).text
    assert (
        "Chris Coordinator does this section." not in director.get(f"{base}agency/services/").content.decode()
    )
    director.post(url, {"projects": str(cast.coordinator.pk), "agency": str(cast.director.pk)})
    assert "You do this section." in director.get(f"{base}agency/services/").text
    assert len(mailoutbox) == 1, "of what I took myself I know"
    permissions.revoke(cast.coordinator, cast.agency, AgencyRole.EDITOR)
    assert "Chris Coordinator does this." not in director.get(base).content.decode()
    assert list(sharing.assigned(application)) == ["agency"]
    director.post(url, {"agency": ""})
    assert not Assignment.objects.filter(task="agency").exists()
    events = AuditEvent.objects.filter(verb="assigned section").order_by("pk").values_list("data", flat=True)
    assert [event["section"] for event in events] == ["projects", "agency", "agency"]


@pytest.mark.parametrize("kind", ["staff", "signatory", "stranger", "admin"])
def test_only_colleagues_who_may_edit_get_a_section_or_a_question(cast, application, base, kind):
    director, other = cast.client("director"), str(cast.person(kind).pk)
    assert director.post(f"{base}share/", {"projects": other}).status_code == 200
    assert ask(cast, base, director, of=other).context["form"].has_error("of")
    assert not Assignment.objects.exists()
    assert not Note.objects.exists()


def test_a_question_stands_at_the_answer_until_it_is_resolved(cast, application, base, mailoutbox, commits):
    director, coordinator, page = (
        cast.client("director"),
        cast.client("coordinator"),
        f"{base}agency/services/",
    )
    with commits():
        ask(cast, base, director)
        ask(cast, base, director)
    note = Note.objects.get()
    assert (note.label, note.url) == ("Towns served", page)
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([cast.coordinator.email], "Dana Director writes about “Towns served”")
    ]
    where = f"/agencies/{cast.agency.pk}/notes/{note.pk}/"
    for address in (page, base):
        assert where in coordinator.get(address).content.decode()
    assert TEXT in coordinator.get(where).content.decode()
    with commits():
        coordinator.post(where, {"text": "Yes, since May."})
    assert mailoutbox[-1].to == [cast.director.email]
    assert "Resolved by" not in director.get(where).content.decode()
    director.post(where, {"resolve": "1"})
    director.post(where, {"resolve": "1"})
    assert where not in coordinator.get(page).content.decode()
    assert "Resolved by Dana Director" in coordinator.get(where).content.decode()
    coordinator.post(where, {"text": "And Bolton."})
    assert where in director.get(page).content.decode(), "open again"
    verbs = AuditEvent.objects.filter(target_type="onboarding.note").order_by("pk")
    assert [event.verb.partition(" ")[0] for event in verbs] == ["left", "wrote", "resolved", "wrote"]
    assert TEXT not in str(list(verbs.values()))


def test_the_hmis_does_not_see_it(cast, application, base):
    ask(cast, base, cast.client("director"))
    note, admin = Note.objects.get(), cast.client("admin")
    assert admin.get(f"/agencies/{cast.agency.pk}/notes/{note.pk}/").status_code == 403
    for address in (base, f"{base}agency/services/", f"{base}check/", f"/agencies/{cast.agency.pk}/history/"):
        assert "writes about" not in admin.get(address).content.decode()
        assert f"/notes/{note.pk}/" not in admin.get(address).content.decode()
    assert TEXT not in str(revisions.snapshot(Answers(application, cast.agency)))


def test_another_agencys_question_is_not_found(cast, application, base):
    ask(cast, base, cast.client("director"))
    note = Note.objects.get()
    assert (
        cast.client("stranger").get(f"/agencies/{cast.other_agency.pk}/notes/{note.pk}/").status_code == 404
    )


def test_what_was_typed_is_not_touched_by_asking(cast, application, base):
    director, page = cast.client("director"), f"{base}agency/services/"
    director.post(page, as_sent(director.get(page), towns="Half a to", later="1"))
    assert "Half a to" not in director.get(f"{page}?ask=").content.decode()
    ask(cast, base, director, field="nonsense", text="")
    assert not Note.objects.exists()
    assert "Half a to" in director.get(page).content.decode()
