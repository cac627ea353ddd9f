"""An address that reads as a shared mailbox is asked about, once, wherever a person is named; it is never refused."""

import pytest

from agencies.forms.people import InviteForm
from agencies.models import Staff
from hmis_portal.text.mailboxes import is_shared
from onboarding.forms.mou.naming import SignatoryForm
from onboarding.forms.sections.people import PeopleForm
from tests.onboarding.helpers import people_data
from tests.onboarding.roster.helpers import person_data

pytestmark = pytest.mark.django_db
ASKED = "Is “frontdesk@harbor.example” one person’s own address? Sign-in codes go there. Check the box if it is, or enter another address"


@pytest.mark.parametrize(
    "address",
    ["info@x.example", "Front.Desk@x.example", "front-desk2@x.example", "harbor_office@x.example", "intake+hmis@x.example", "INFO@x.example"],
)  # fmt: skip
def test_shared(address):
    assert is_shared(address)


@pytest.mark.parametrize(
    "address",
    ["maria.infante@x.example", "a.offic@x.example", "director@x.example", "d.ruiz@info.example", "", "@"],
)
def test_of_one_person(address):
    assert not is_shared(address)


def test_the_roster_asks_once_and_keeps_what_was_typed(cast, staff_pages):
    client = cast.client("director")
    new = client.get(f"{staff_pages}add/")["Location"]
    data = person_data(cast, email="frontdesk@harbor.example", version="0")
    page = client.post(new, data)
    assert page.context["form"].errors["email"] == [ASKED]
    html = page.content.decode()
    assert 'value="frontdesk@harbor.example"' in html
    assert 'name="email_own" id="id_email_own">' in html
    # The answer is typing as any other: it is kept when the rest is not in order yet.
    client.post(new, {**data, "email_own": "on", "first_name": "", "version": "1"})
    assert 'name="email_own" id="id_email_own" checked>' in client.get(new).content.decode()
    assert client.post(new, {**data, "email_own": "on", "version": "2"}).status_code == 302
    staff = Staff.objects.get(email="frontdesk@harbor.example")
    again = f"{staff_pages}{staff.pk}/"
    assert "email_own" not in client.get(again).content.decode()
    assert client.post(again, {**data, "title": "Clerk"}).status_code == 302


def test_people_in_charge_invitations_and_the_signatory(cast, application):
    mailbox = {"email": "frontdesk@harbor.example"}
    named = {
        "first_name": "Nia",
        "last_name": "New",
        "role": "editor",
        "who": "other",
        "title": "Chair",
        "authority": "By-laws",
    }
    invited = InviteForm({**named, **mailbox})
    signing = SignatoryForm({**named, **mailbox}, me=cast.director, agency=cast.agency)
    assert [form.errors.get("email") for form in (invited, signing)] == [[ASKED], [ASKED]]
    data = people_data(
        director_email="frontdesk@harbor.example", billing_is="other", billing_email="billing@harbor.example"
    )
    charge = PeopleForm(data, application=application, contacts=[])
    assert charge.errors["director_email"] == [f"Executive director: {ASKED}"]
    assert "billing_email" not in charge.errors
    own = [
        InviteForm({**named, **mailbox, "email_own": "on"}),
        SignatoryForm({**named, **mailbox, "email_own": "on"}, me=cast.director, agency=cast.agency),
        PeopleForm({**data, "director_email_own": "on"}, application=application, contacts=[]),
    ]
    assert not any(name.endswith("email") for form in own for name in form.errors)
