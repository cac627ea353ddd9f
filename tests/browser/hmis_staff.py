"""The people who run the HMIS: made in the database with an authenticator app, signed in by password and code."""

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.browser.story import ADMIN, LEAD, PASSWORD, TRAINER, Person, Story

SECRETS = {
    ADMIN: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    LEAD: "KBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXA",
    TRAINER: "LBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXB",
}
_MAKE = """
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from agencies import permissions
from agencies.models import User
from django.contrib.auth.models import Group
people = [
    ({admin!r}, "Alex", "Rivera", "HMIS Administrator", permissions.HMIS_ADMIN),
    ({lead!r}, "Lee", "Whitfield", "Director, Lead Agency", permissions.LEAD_SIGNATORY),
    ({trainer!r}, "Terry", "Osei", "HMIS Trainer", permissions.TRAINER),
]
for email, first, last, title, group in people:
    user = User.objects.create_user(email, {password!r}, first_name=first, last_name=last, title=title, is_staff=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    user.groups.add(Group.objects.get(name=group))
    TOTP.activate(user, {secrets!r}[email])
"""


def make(story: Story) -> None:
    story.portal.shell(
        _MAKE.format(admin=ADMIN, lead=LEAD, trainer=TRAINER, password=PASSWORD, secrets=SECRETS)
    )


def code_of(email: str) -> str:
    """What the person's authenticator app shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRETS[email], counter))


def signs_in(story: Story, name: str, email: str, *, pictures: bool = False) -> Person:
    person = story.person(name)
    person.open("/admin/")
    person.see("Sign in", "sign-in" if pictures else "")
    person.fill({"login": email, "password": PASSWORD})
    person.press("Sign in", exact=True)
    person.see("Enter your code", "enter-code" if pictures else "")
    for _code in range(3):  # one may have lapsed before the portal saw it
        person.fill({"code": code_of(email)})
        person.press("Sign in", exact=True)
        if person.page.locator("h1").inner_text() != "Enter your code":
            break
    person.see("Desk")
    return person
