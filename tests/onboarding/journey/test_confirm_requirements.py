"""Step 1: a manager confirms the three requirements."""

import pytest
from django.urls import reverse

from agencies import permissions
from hmis_portal.models import AuditEvent, PowerRequest
from hmis_portal.powers import asking
from hmis_portal.web.errors import GuardFailed
from onboarding.application import requirements
from onboarding.journey import facts
from onboarding.models import RequirementConfirmation, RequirementText
from tests.cast import Cast
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("requirement_texts")]


def url(cast: Cast) -> str:
    return f"/agencies/{cast.agency.pk}/requirements/"


def ticked() -> dict[str, str]:
    return {f"text_{text.pk}": "on" for text in requirements.current_texts()}


def test_confirms_who_when_and_which_text(cast: Cast, client_of) -> None:
    client = client_of(cast.director)
    answer = client.post(url(cast), ticked())
    assert answer["Location"] == f"/agencies/{cast.agency.pk}/"
    rows = RequirementConfirmation.objects.filter(agency=cast.agency)
    assert {row.text.requirement for row in rows} == {"eligibility", "training", "security"}
    assert all(row.confirmed_by == cast.director for row in rows)
    assert AuditEvent.objects.filter(verb="confirmed requirement", actor=cast.director).count() == 3
    assert facts.gather(cast.agency).confirmed_at
    assert "by Dana Director on" in client.get(url(cast)).content.decode()


def test_a_second_click_changes_nothing(cast: Cast, client_of) -> None:
    client = client_of(cast.director)
    for _click in range(2):
        assert client.post(url(cast), ticked()).status_code == 302
    assert RequirementConfirmation.objects.count() == 3
    assert AuditEvent.objects.filter(verb="confirmed requirement").count() == 3


def test_every_box_is_asked_for(cast: Cast, client_of) -> None:
    some = dict(list(ticked().items())[:1])
    text = client_of(cast.director).post(url(cast), some).content.decode()
    assert "Error: Confirm the requirements" in text
    assert text.count("Confirm the requirement “Training”") == 2
    assert "checked" in text
    assert not RequirementConfirmation.objects.exists()


def test_a_new_wording_is_confirmed_anew(cast: Cast, client_of) -> None:
    client = client_of(cast.director)
    client.post(url(cast), ticked())
    newer = RequirementText.objects.create(requirement="security", version=2, text="More than before.")
    text = client.get(url(cast)).content.decode()
    assert "More than before." in text
    assert not facts.gather(cast.agency).confirmed_at
    client.post(url(cast), {f"text_{newer.pk}": "on"})
    assert facts.gather(cast.agency).confirmed_at
    assert RequirementConfirmation.objects.count() == 4


@pytest.mark.parametrize(
    ("kind", "status"),
    [("coordinator", 403), ("admin", 403), ("signatory", 403), ("staff", 404), ("stranger", 404)],
)
def test_only_a_manager_confirms(cast: Cast, client_of, kind: str, status: int) -> None:
    assert client_of(getattr(cast, kind)).post(url(cast), ticked()).status_code == status
    assert not RequirementConfirmation.objects.exists()


def test_editors_read_it(cast: Cast, client_of) -> None:
    text = client_of(cast.coordinator).get(url(cast)).content.decode()
    assert "A manager of the agency confirms these." in text
    assert 'type="checkbox"' not in text


def test_a_new_wording_is_published_by_two_and_never_changed(cast: Cast, client_of, reference) -> None:
    client_of(cast.director).post(url(cast), ticked())
    second = UserFactory(groups=(permissions.HMIS_ADMIN,))
    admin = client_of(cast.admin)
    listed = reverse("admin:onboarding_requirementtext_changelist")
    page = reverse("admin:onboarding_requirement_word", args=["security"])
    assert page in admin.get(listed).text
    before = requirements.current_text("security")
    asked = admin.get(page).text
    assert before.text in asked
    assert "confirmed the wording in force: 1." in asked
    same = admin.post(page, {"text": before.text, "reason": "New policy"})
    assert "this is the one in force" in same.text
    assert admin.post(page, {"text": "We lock <screens>.", "reason": "New policy"}).status_code == 302
    assert requirements.current_text("security") == before
    row = PowerRequest.objects.get()
    with pytest.raises(GuardFailed, match="yourself"):
        asking.grant(row, by=cast.admin)
    asking.grant(row, by=second)
    newer = requirements.current_text("security")
    assert (newer.version, newer.text, newer.published_by) == (2, "We lock <screens>.", cast.admin)
    before.refresh_from_db()
    assert "With the portal" in admin.get(listed).text
    assert before.text in admin.get(reverse("admin:onboarding_requirementtext_change", args=[before.pk])).text
    public = client_of(None).get("/requirements/").text
    assert "We lock &lt;screens&gt;." in public
    assert before.text not in public
    assert not facts.gather(cast.agency).confirmed_at
    assert AuditEvent.objects.filter(verb="publish", target_id=str(newer.pk)).count() == 1
