"""A large community for measuring: agencies with applications, staff, projects and training, as rows in batches."""

import datetime as dt
import hashlib
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
    LegalForm,
    Person,
    Position,
    Project,
    Staff,
    User,
)
from bench.spread import BIG_ROSTER, FIRST, LAST, NAMES, ROLES, ROSTERS, TOWNS, spread
from hmis_portal.signing.agreeing.evidence.chain import event_hash
from hmis_portal.signing.models import Party, SigningEvent, SigningRequest, TextVersion
from onboarding.models import Access, Application, Mou
from training.models import Completion, Course, Requirement

R = TypeVar("R", bound=Model)


class Community:
    """Makes agencies in batches; the first one has the largest roster."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.now = timezone.now()
        self.today = timezone.localdate()
        self.version = TextVersion.objects.filter(
            kind=TextVersion.Kind.MOU, state=TextVersion.State.PUBLISHED
        ).latest("number")
        self.text_sha256 = hashlib.sha256(self.version.body.encode()).hexdigest()
        self.courses = list(Course.objects.filter(active=True).order_by("position")[:3])
        self.manage = Permission.objects.get(codename="manage_agency", content_type__app_label="agencies")
        self.password = make_password(None)
        self.reviewer = User.objects.create(
            email="reviewer@scale.example", password=self.password, is_staff=True
        )
        self.states = spread()
        self.staff_count = 0

    def add(self, numbers: Iterable[int]) -> None:
        self.rows: dict[type[Model], list[Any]] = {}
        for number in numbers:
            self._agency(number)
        # In the order in which rows refer to each other.
        for model in (
            User,
            Agency,
            AgencyUserObjectPermission,
            Person,
            Contact,
            Project,
            Staff,
            Application,
            SigningRequest,
            SigningEvent,
            Party,
            Mou,
            Access,
            Requirement,
            Completion,
        ):
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
        opened = self.now - dt.timedelta(days=self.chance.randrange(30, 700))
        live = state == "approved" and number % 3 != 0
        director = self._person(f"director{number}@scale.example")
        agency = self._keep(
            Agency(
                id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                legal_name=f"{self.chance.choice(NAMES)} of {self.chance.choice(TOWNS)} {number}",
                ein=f"06{number:07d}",
                legal_form=LegalForm.NONPROFIT,
                federal_money=False,
                street=f"{number + 1} Main Street",
                city=self.chance.choice(TOWNS),
                zip_code="06103",
                phone="860-555-0100",
                mission="Shelter and housing for families.",
                services=["emergency_shelter"],
                victim_service_provider=False,
                created_by=director,
                created_at=opened,
                state=Agency.State.LIVE if live else Agency.State.JOINING,
                live_at=self.now if live else None,
            )
        )
        self._keep(AgencyUserObjectPermission(permission=self.manage, user=director, content_object=agency))
        self._contacts(agency, director)
        self._projects(number, agency)
        self._application(number, agency, director, state, opened)
        self._mou(number, agency, director, state, opened)
        size = BIG_ROSTER if number == 0 else self.chance.choice(ROSTERS)
        for index in range(size):
            self._staff(number, index, agency, director, state, live)

    def _contacts(self, agency: Agency, director: User) -> None:
        person = self._keep(
            Person(
                agency=agency,
                user=director,
                first_name=director.first_name,
                last_name=director.last_name,
                email=director.email,
                phone="860-555-0100",
            )
        )
        for position in (Position.DIRECTOR, Position.COORDINATOR, Position.SECURITY):
            self._keep(Contact(agency=agency, position=position, person=person))

    def _projects(self, number: int, agency: Agency) -> None:
        for index in range(self.chance.choice([1, 1, 2, 3, 5])):
            self._keep(
                Project(
                    agency=agency,
                    project_name=f"Shelter {number}-{index}",
                    continuum_project=1,
                    project_type=0,
                    operating_start_date=dt.date(2020, 1, 1),
                )
            )

    def _application(
        self, number: int, agency: Agency, director: User, state: str, opened: dt.datetime
    ) -> None:
        decided = state in ("approved", "declined")
        self._keep(
            Application(
                agency=agency,
                reference=f"SCALE-{number:06d}",
                state=state,
                started_by=director,
                started_at=opened,
                state_since=opened + dt.timedelta(days=self.chance.randrange(1, 25)),
                submitted_at=None if state in ("draft", "withdrawn") else opened + dt.timedelta(days=10),
                reviewer=None if state in ("draft", "submitted", "withdrawn") else self.reviewer,
                answer_by=self.today + dt.timedelta(days=20) if state == "changes_requested" else None,
                decided_by=self.reviewer if decided else None,
                decided_at=self.now if decided else None,
                reason="Outside the geography." if state == "declined" else "",
            )
        )

    def _mou(self, number: int, agency: Agency, director: User, state: str, opened: dt.datetime) -> None:
        if state in ("declined", "withdrawn") or (state == "draft" and number % 2):
            return
        reference = f"SCALE-MOU-{number:06d}"
        request = self._keep(
            SigningRequest(
                id=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                kind=TextVersion.Kind.MOU,
                reference=reference,
                version=self.version,
                text=self.version.body,
                text_sha256=self.text_sha256,
                snapshot={"agency": agency.legal_name},
                agency_id=agency.pk,
                created_by=director,
            )
        )
        issued = {"request": request, "sequence": 1, "kind": "issued", "at": self.now, "data": {}}
        self._keep(
            SigningEvent(**issued, hash=event_hash(request, 1, "issued", self.now.isoformat(), {}, ""))
        )
        self._keep(Party(request=request, role="agency", position=0, label=agency.legal_name, user=director))
        mou_state = {"draft": "issued", "approved": "executed"}.get(state, "signed")
        self._keep(
            Mou(
                agency=agency,
                reference=reference,
                state=mou_state,
                request=request,
                signatory=director,
                signatory_name=str(director),
                issued_by=director,
                issued_at=opened,
                state_since=opened,
                signed_at=None if mou_state == "issued" else opened + dt.timedelta(days=3),
                executed_at=opened + dt.timedelta(days=20) if mou_state == "executed" else None,
                term_ends_on=self.today + dt.timedelta(days=365) if mou_state == "executed" else None,
            )
        )

    def _staff(self, number: int, index: int, agency: Agency, director: User, state: str, live: bool) -> None:
        user = self._person(f"staff{number}-{index}@scale.example")
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
            return
        granted = live and index % 5 != 4
        self._keep(
            Access(
                staff=staff,
                state=Access.State.GRANTED if granted else Access.State.NOT_READY,
                reasons=[] if granted else ["Training is not complete."],
                granted_by=self.reviewer if granted else None,
                granted_at=self.now if granted else None,
            )
        )
        self._training(user, f"scale-{number}-{index}", granted)

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
