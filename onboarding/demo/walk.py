"""An agency's own people at work: they open pages and send forms, as a browser does.

Used by the demo and by the journey tests. What a page refuses is raised with the sentences it showed.
"""

import re
from collections.abc import Mapping
from datetime import date
from html import unescape

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies import emails
from agencies.hud.pages import PAGES
from agencies.models import Agency, ContinuumOfCare, CoordinatedAccessNetwork, Invitation, User
from agencies.services.invited import has_account
from hmis_portal.signing.agreeing import consents, requests, text
from onboarding.demo import answers
from onboarding.models import RequirementText, SectionKey
from onboarding.mou import agreement
from onboarding.sections import catalogue
from onboarding.sections.answers import Answers
from onboarding.selectors import editable_application
from training import services as training_services
from training.papers.agreement import ROLE, open_agreement

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Refused(Exception):
    """A page did not take what was sent."""


def host() -> str:
    """A host name that the portal answers to."""
    names = (name.lstrip(".") for name in settings.ALLOWED_HOSTS if name not in ("*", "testserver"))
    return next(names, "localhost")


def send(client: Client, address: str, data: Mapping[str, object]) -> str:
    """Send a form; returns where the page leads on to. Raises Refused with the error summary."""
    response = client.post(address, data)
    if response.status_code in (302, 303):
        return str(response.headers["Location"])
    problems = re.findall(r'<li><a href="#[^"]*">(.*?)</a>', response.content.decode(errors="replace"))
    raise Refused(f"{address} answered {response.status_code}: {'; '.join(map(unescape, problems))}")


class Person:
    """One signed-in person and their browser."""

    def __init__(self, user: User, password: str) -> None:
        self.user, self.password = user, password
        self.client = Client(SERVER_NAME=host())
        self.client.force_login(user, backend=BACKEND)

    def get(self, address: str) -> str:
        response = self.client.get(address, follow=True)
        if response.status_code != 200:
            raise Refused(f"{address} answered {response.status_code}")
        return response.content.decode()

    def send(self, address: str, data: Mapping[str, object]) -> str:
        return send(self.client, address, data)

    def confirm_identity(self) -> None:
        """Sign in again, as before a signature."""
        self.send(reverse("account_reauthenticate"), {"password": self.password})


def page(name: str, agency: Agency, *more: object) -> str:
    return reverse(f"onboarding:{name}", args=[agency.pk, *more])


def version_on(html: str) -> str:
    match = re.search(r'name="version" value="(\d+)"', html)
    return match.group(1) if match else "0"


def confirm_requirements(manager: Person, agency: Agency) -> None:
    texts = {f"text_{text.pk}": "on" for text in RequirementText.objects.all()}
    manager.send(page("confirm_requirements", agency), texts)


def name_signatory(manager: Person, agency: Agency, user: User) -> None:
    data = {
        "who": "other",
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "title": user.title,
        "authority": "Resolution of the board",
        "street": "12 Main Street",
        "city": agency.city,
        "region": "CT",
        "zip_code": "06103",
    }
    manager.send(page("name_signatory", agency), data)


def accept_invitation(invitation: Invitation, password: str) -> Person:
    """Follow the link of an invitation and take the role; a new person chooses a password on the way."""
    address = emails.invitation_link(str(invitation.pk)).removeprefix(settings.BASE_URL)
    user = invitation.user
    if has_account(user):
        person = Person(user, password)
        person.send(address, {})
        return person
    names = {"first_name": user.first_name, "last_name": user.last_name}
    send(Client(SERVER_NAME=host()), address, {**names, "password": password})
    return Person(User.objects.get(pk=user.pk), password)


def sign_mou(signatory: Person, agency: Agency) -> None:
    mou = agreement.latest(agency)
    if mou is None:
        raise Refused("There is no MOU to sign.")
    party = agreement.agency_party(mou)
    signatory.send(page("consent", agency), {"number": consents.test_number(party), "agree": "on"})
    for clause in text.clauses(mou.request.text):
        signatory.send(page("read_mou", agency), {"clause": clause.anchor})
    html = signatory.get(page("sign", agency))
    read = re.search(r'name="read_sha256" value="([0-9a-f]{64})"', html)
    signatory.confirm_identity()
    data = {
        "legal_name": party.legal_name,
        "typed_name": party.legal_name,
        "title": party.title,
        "authority": party.authority,
        "read_sha256": read.group(1) if read else "",
        "authorized": "on",
    }
    signatory.send(page("sign", agency), data)


def start_application(manager: Person, agency: Agency) -> None:
    manager.send(page("start_application", agency), {})


def save_section(manager: Person, agency: Agency, section: str, typed: answers.Typed) -> None:
    """Page by page, as the buttons lead: until the section is left."""
    address = catalogue.BY_KEY[section].first_url(Answers(editable_application(agency), agency))
    while address.startswith(page("section", agency, section)):
        address = manager.send(address, {"version": version_on(manager.get(address)), **typed})


def save_agency(manager: Person, agency: Agency, town: str) -> None:
    geography = {
        "cocs": [
            str(pk) for pk in ContinuumOfCare.objects.filter(code="CT-505").values_list("pk", flat=True)
        ],
        "cans": [str(pk) for pk in CoordinatedAccessNetwork.objects.values_list("pk", flat=True)[:1]],
    }
    save_section(manager, agency, SectionKey.AGENCY, answers.agency(agency, town=town, geography=geography))


def save_people(manager: Person, agency: Agency, *who: tuple[str, str]) -> None:
    """`who`: director, signatory and coordinator, each a name and an e-mail address."""
    save_section(manager, agency, SectionKey.PEOPLE, answers.people(*who))


def add_shelter(manager: Person, agency: Agency, name: str, town: str) -> None:
    address = manager.send(page("project_add", agency), {"project_name": name})
    for asked in PAGES:
        where = address.replace("/about/", f"/{asked.key}/")
        manager.send(where, {"version": version_on(manager.get(where)), **answers.shelter(name, town=town)})


def add_person(
    manager: Person, agency: Agency, first: str, last: str, email: str, role: str, access: str, start: date
) -> None:
    projects = [str(pk) for pk in agency.projects.values_list("pk", flat=True)]
    data = answers.person(first, last, email, role=role, access=access, projects=projects, start=start)
    manager.send(page("staff_add", agency), data)


def answer_readiness(manager: Person, agency: Agency, town: str) -> None:
    manager.send(page("site_add", agency), answers.site(town))
    save_section(manager, agency, SectionKey.READINESS, answers.readiness(timezone.localdate()))


def finish_application(manager: Person, agency: Agency) -> None:
    """Documents (none is required of a public agency) and the declaration."""
    manager.send(page("documents_done", agency), {})
    save_section(manager, agency, SectionKey.DECLARATION, answers.declaration(str(manager.user)))


def send_application(manager: Person, agency: Agency) -> None:
    manager.send(page("submit", agency), {})


def sign_user_agreement(person: Person, agency: Agency) -> None:
    row = person.user.staff_rows.get(agency=agency, left_on=None)
    training_services.prepare_agreement(row, by=person.user)
    waiting = open_agreement(row)
    if waiting is None:
        raise Refused("There is no user agreement to sign.")
    number = consents.test_number(requests.party(waiting.request, ROLE))
    person.send(reverse("training:agreement_consent", args=[row.pk]), {"number": number, "agree": "on"})
    address = reverse("training:agreement_sign", args=[row.pk])
    person.confirm_identity()
    read = re.search(r'name="read_sha256" value="([0-9a-f]{64})"', person.get(address))
    data = {"typed_name": row.name, "read_sha256": read.group(1) if read else "", "read": "on"}
    person.send(address, data)
