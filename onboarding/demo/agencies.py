"""What the people of the demo do with their agencies: open, sign, fill in, send, approve, train, grant."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from agencies.models import AccessLevel, Agency, AgencyRole, HmisRole, Invitation, User
from agencies.services import opening
from hmis_portal.signing.agreeing import acts, requests
from hmis_portal.signing.agreeing.signature import Identity, Signature
from onboarding.demo import walk
from onboarding.models import Access, Application, Mou
from onboarding.mou import agreement
from onboarding.services import perform
from onboarding.workflow import AccessVerb, Account, ApplicationVerb, Approval, MouVerb
from training import services as training_services
from training.models import Completion, Requirement

DOMAIN = "demo.example"


@dataclass(frozen=True)
class ListedPerson:
    """One person of a roster."""

    first: str
    last: str
    email: str
    role: str = HmisRole.CASE_MANAGER
    access: str = AccessLevel.CASE


@dataclass
class Demo:
    """The people of the demo and what they do; `say` reports each finished agency."""

    password: str
    say: Callable[[str], None]
    hmis: dict[str, User] = field(default_factory=dict)

    def account(self, name: str, first: str, last: str, title: str) -> User:
        """A person who signed up and confirmed the address."""
        user = User.objects.create_user(
            f"{name}@{DOMAIN}", self.password, first_name=first, last_name=last, title=title
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def hmis_person(self, name: str, first: str, last: str, title: str, group: str) -> User:
        user = self.account(name, first, last, title)
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        user.groups.add(Group.objects.get(name=group))
        return user

    def open(self, director: User, legal_name: str, town: str, ein: str) -> tuple[Agency, walk.Person]:
        facts = {
            "legal_name": legal_name,
            "ein": ein,
            "city": town,
            "phone": "860 555 0100",
            "services": ["emergency_shelter"],
            "victim_service_provider": False,
        }
        agency = opening.open_agency(by=director, facts=facts, title=director.title)
        manager = walk.Person(director, self.password)
        walk.confirm_requirements(manager, agency)
        return agency, manager

    def sign(self, agency: Agency, manager: walk.Person, signatory: User | None = None) -> None:
        """The signatory is named, accepts and signs; a manager without another signs alone."""
        self.name_signatory(agency, manager, signatory or manager.user)
        mou = agreement.latest(agency)
        if mou is not None:
            walk.sign_mou(walk.Person(mou.signatory, self.password), agency)

    def name_signatory(self, agency: Agency, manager: walk.Person, user: User) -> None:
        walk.name_signatory(manager, agency, user)
        self.accept_all(agency, user)

    def accept_all(self, agency: Agency, user: User) -> None:
        for row in Invitation.objects.filter(agency=agency, user=user, accepted_at=None, revoked_at=None):
            walk.accept_invitation(row, self.password)

    def fill(
        self,
        agency: Agency,
        manager: walk.Person,
        *,
        town: str,
        staff: list[ListedPerson],
        whole: bool = True,
    ) -> None:
        """Fill in the application; with `whole=False` it is left after the projects."""
        walk.start_application(manager, agency)
        walk.save_agency(manager, agency, town)
        director = (str(manager.user), manager.user.email)
        coordinator = (f"{staff[0].first} {staff[0].last}", staff[0].email)
        walk.save_people(manager, agency, director, ("Sidney Signatory", f"signatory@{DOMAIN}"), coordinator)
        walk.add_shelter(manager, agency, f"{agency.legal_name.split(',')[0]} Shelter", town)
        if not whole:
            return
        start = timezone.localdate() - timedelta(days=60)
        for staff_member in staff:
            walk.add_person(
                manager,
                agency,
                staff_member.first,
                staff_member.last,
                staff_member.email,
                staff_member.role,
                staff_member.access,
                start,
            )
        walk.answer_readiness(manager, agency, town)
        walk.finish_application(manager, agency)

    def send(self, agency: Agency, manager: walk.Person) -> Application:
        walk.send_application(manager, agency)
        return agency.applications.get()

    def approve(self, application: Application) -> None:
        admin = self.hmis["admin"]
        perform(application, ApplicationVerb.TAKE, by=admin)
        perform(
            application,
            ApplicationVerb.APPROVE,
            by=admin,
            payload=Approval(),
            reason="Complete and in order.",
        )

    def counter_sign(self, agency: Agency) -> Mou:
        lead, mou = self.hmis["lead"], agreement.latest(agency)
        if mou is None:
            raise walk.Refused("There is no MOU to counter-sign.")
        party = agreement.lead_party(mou, lead)
        acts.consent(party, by=lead, ip=None, browser="manage.py seed_demo", test_file_opened=True)
        revision = requests.to_read(party)
        signature = Signature(
            str(lead),
            lead.title,
            authority="Delegation by the Lead Agency's board",
            typed_name=str(lead),
            read_sha256=revision.sha256 if revision else "",
            identity=Identity(authenticated_at=timezone.now()),
            browser="manage.py seed_demo",
        )
        return perform(mou, MouVerb.COUNTER_SIGN, by=lead, payload=signature)

    def join(self, agency: Agency) -> list[walk.Person]:
        """Everybody on the roster follows the invitation that came when training began."""
        for row in Invitation.objects.filter(
            agency=agency, role=AgencyRole.STAFF, accepted_at=None, revoked_at=None
        ):
            walk.accept_invitation(row, self.password)
        users = User.objects.filter(staff_rows__agency=agency, staff_rows__left_on=None)
        return [walk.Person(user, self.password) for user in users]

    def train(self, agency: Agency, person: walk.Person) -> None:
        """The trainer records every course; the person signs the user agreement and says where sign-in codes go."""
        person.send(reverse("agencies:code_channel"), {"channel": person.user.email})
        open_rows = (
            Requirement.objects.open().filter(person=person.user).exclude(course__passes_with="signature")
        )
        for row in open_rows.select_related("course"):
            training_services.record_completion(
                training_services.Result(
                    person=person.user,
                    course=row.course,
                    completed_on=timezone.localdate(),
                    source=Completion.Source.TRAINER,
                    score=100,
                ),
                by=self.hmis["trainer"],
            )
        walk.sign_user_agreement(person, agency)

    def grant(self, agency: Agency) -> None:
        for row in Access.objects.filter(staff__agency=agency, state=Access.State.READY):
            name = f"{row.staff.first_name[0]}{row.staff.last_name}".lower()
            perform(row, AccessVerb.GRANT, by=self.hmis["admin"], payload=Account(name))
