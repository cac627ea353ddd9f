"""A large community for measuring: agencies with applications, staff, projects and training, as rows in batches."""

import datetime as dt
import random
import uuid
from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.utils import timezone

from agencies.models import (
    Agency,
    AgencyUserObjectPermission,
    Contact,
    ContinuumOfCare,
    CoordinatedAccessNetwork,
    LegalForm,
    Person,
    Position,
    Project,
    Staff,
    User,
)
from bench import reviewed
from bench.spread import BIG_ROSTER, FIRST, KINDS, LAST, ROLES, ROSTERS, TOWNS, first_word, spread
from onboarding.models import Access
from training.models import Completion, Course, Requirement

R = TypeVar("R", bound=Model)
COCS: Any = Agency.cocs.through
CANS: Any = Agency.cans.through
# Of ten agencies these two look like the one before them: at every size there are more than one page compares.
NEARLY_SAME_NAME, SAME_EIN = 4, 9
# In the order in which rows refer to each other.
MODELS: tuple[Any, ...] = (
    User, Agency, AgencyUserObjectPermission, COCS, CANS, Person, Contact, Project, Staff,
    *reviewed.ROWS, Access, Requirement, Completion,
)  # fmt: skip


class Community:
    """Makes agencies in batches; the first one has the largest roster."""

    before: Agency  # the one that was made last

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.now = timezone.now()
        self.today = timezone.localdate()
        self.courses = list(Course.objects.filter(active=True).order_by("position")[:3])
        self.manage = Permission.objects.get(codename="manage_agency", content_type__app_label="agencies")
        self.password = make_password(None)
        self.reviewers = [
            User.objects.create(
                email=f"{name}@scale.example",
                password=self.password,
                is_staff=True,
                first_name="Robin",
                last_name=name.title(),
            )
            for name in ("reviewer", "second", "third", "fourth")
        ]
        self.cocs = list(ContinuumOfCare.objects.values_list("pk", flat=True))
        self.cans = list(CoordinatedAccessNetwork.objects.values_list("pk", flat=True))
        self.states = spread()
        # The first two in review are the ones on which the review page is measured: a large and a small one.
        self.large, self.small = [number for number in range(100) if self.states[number] == "in_review"][:2]
        self.review = reviewed.Review(chance, self._keep, self.reviewers)
        self.staff_count = 0

    def add(self, numbers: Iterable[int]) -> None:
        self.rows: dict[type[Model], list[Any]] = {}
        for number in numbers:
            self._agency(number)
        for model in MODELS:
            model._default_manager.bulk_create(self.rows.get(model, []), batch_size=1000)

    def _keep(self, row: R) -> R:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def _person(self, email: str) -> User:
        return self._keep(
            User(
                email=email,
                password=self.password,
                first_name=self.chance.choice(FIRST),
                last_name=self.chance.choice(LAST),
            )
        )

    def _agency(self, number: int) -> None:
        state = self.states[number % len(self.states)]
        days = reviewed.days_of(self.chance, state, self.now)
        live = state == "approved" and number % 3 != 0
        director = self._person(f"director{number}@a{number}.example")
        town = self.chance.choice(TOWNS)
        name, ein = f"{first_word(number)} {self.chance.choice(KINDS)} of {town}", f"06{number:07d}"
        if number % 10 == SAME_EIN:
            ein = self.before.ein
        elif number % 10 == NEARLY_SAME_NAME:
            name = self.before.legal_name.replace(" of ", " in ")
        agency = self.before = self._keep(
            Agency(
                id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                legal_name=name,
                ein=ein,
                legal_form=LegalForm.NONPROFIT,
                federal_money=False,
                street=f"{number + 1} Main Street",
                city=town,
                zip_code="06103",
                phone=f"860{number:07d}",
                mission="Shelter and housing for families.",
                services=["emergency_shelter"],
                victim_service_provider=False,
                created_by=director,
                created_at=days.opened,
                state=Agency.State.LIVE if live else Agency.State.JOINING,
                live_at=days.live if live else None,
            )
        )
        self._keep(AgencyUserObjectPermission(permission=self.manage, user=director, content_object=agency))
        self._places(agency)
        self._contacts(agency, director, number)
        projects = self._projects(number, agency)
        application = self.review.application(number, agency, director, state, days)
        self.review.mou(number, agency, director, state, days)
        size = {0: BIG_ROSTER, self.large: 30, self.small: 2}.get(number, self.chance.choice(ROSTERS))
        staff = [self._staff(number, index, agency, director, state, days, live) for index in range(size)]
        self.review.sent(application, projects, staff, days)

    def _places(self, agency: Agency) -> None:
        if self.cocs:
            self._keep(COCS(agency=agency, continuumofcare_id=self.chance.choice(self.cocs)))
        if self.cans:
            self._keep(CANS(agency=agency, coordinatedaccessnetwork_id=self.chance.choice(self.cans)))

    def _contacts(self, agency: Agency, director: User, number: int) -> None:
        person = self._keep(
            Person(
                agency=agency,
                user=director,
                first_name=director.first_name,
                last_name=director.last_name,
                email=director.email,
                phone=f"860{number:07d}",
            )
        )
        for position in (Position.DIRECTOR, Position.COORDINATOR, Position.SECURITY):
            self._keep(Contact(agency=agency, position=position, person=person))

    def _projects(self, number: int, agency: Agency) -> list[Project]:
        count = {self.large: 5, self.small: 1}.get(number, self.chance.choice([1, 1, 2, 3, 5]))
        return [
            self._keep(
                Project(
                    id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                    agency=agency,
                    project_name=f"{agency.legal_name.split()[0]} Shelter {index + 1}",
                    continuum_project=1,
                    project_type=0,
                    operating_start_date=dt.date(2020, 1, 1),
                )
            )
            for index in range(count)
        ]

    def _staff(
        self,
        number: int,
        index: int,
        agency: Agency,
        director: User,
        state: str,
        days: reviewed.Days,
        live: bool,
    ) -> Staff:
        user = self._person(f"staff{number}-{index}@a{number}.example")
        role, level = ROLES[index % len(ROLES)]
        staff = self._keep(
            Staff(
                agency=agency,
                user=user,
                person=self._keep(
                    Person(
                        agency=agency,
                        first_name=user.first_name,
                        last_name=user.last_name,
                        email=user.email,
                        title="Case manager",
                    )
                ),
                first_name=user.first_name,
                last_name=user.last_name,
                email=user.email,
                title="Case manager",
                hmis_role=role,
                access_level=level,
                supervisor_name=director.get_full_name(),
                start_date=dt.date(2025, 1, 6),
                employment=Staff.Employment.STAFF,
            )
        )
        self.staff_count += 1
        if state != "approved":
            return staff
        granted = live and index % 5 != 4
        self._keep(
            Access(
                staff=staff,
                state=Access.State.GRANTED if granted else Access.State.NOT_READY,
                reasons=[] if granted else ["Training is not complete."],
                granted_by=self.reviewers[0] if granted else None,
                granted_at=days.live if granted else None,
            )
        )
        self._training(user, f"scale-{number}-{index}", granted)
        return staff

    def _training(self, user: User, name: str, granted: bool) -> None:
        assigned = self.today - dt.timedelta(days=self.chance.randrange(10, 300))
        for position, course in enumerate(self.courses):
            self._keep(
                Requirement(
                    person=user,
                    course=course,
                    version=course.version,
                    assigned_on=assigned,
                    due_on=assigned + dt.timedelta(days=30),
                )
            )
            if granted or position == 0:
                completed_on = assigned + dt.timedelta(days=self.chance.randrange(0, 10))
                self._keep(
                    Completion(
                        person=user,
                        course=course,
                        version=course.version,
                        passed=True,
                        completed_on=completed_on,
                        completed_at=timezone.make_aware(dt.datetime.combine(completed_on, dt.time(12))),
                        valid_through=completed_on + dt.timedelta(days=365),
                        window_opens_on=completed_on + dt.timedelta(days=305),
                        source=Completion.Source.IMPORT,
                        external_id=f"{name}-{position}",
                    )
                )
