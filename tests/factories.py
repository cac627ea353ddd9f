"""Objects for tests, valid by themselves: a test names only what it is about."""

import datetime as dt

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from agencies.models import (
    AccessLevel,
    Agency,
    ContinuumOfCare,
    CoordinatedAccessNetwork,
    HmisRole,
    LegalForm,
    Person,
    Project,
    Staff,
    User,
)

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory):
    """A person with a verified address and a password; `groups=["HMIS Admin"]` makes HMIS staff."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@agency.example")
    first_name = factory.Sequence(lambda n: f"Pat{n}")
    last_name = "Person"
    title = "Program manager"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        groups = kwargs.pop("groups", ())
        verified = kwargs.pop("verified", True)
        password = kwargs.pop("password", PASSWORD)
        email = kwargs.pop("email")
        user = model_class.objects.create_user(
            email, password, is_staff=bool(groups) or kwargs.pop("is_staff", False), **kwargs
        )
        for name in groups:
            user.groups.add(Group.objects.get_or_create(name=name)[0])
        if verified:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user


class CoCFactory(DjangoModelFactory):
    class Meta:
        model = ContinuumOfCare
        django_get_or_create = ("code",)

    code = "CT-505"
    name = "Connecticut Balance of State CoC"


class CANFactory(DjangoModelFactory):
    class Meta:
        model = CoordinatedAccessNetwork
        django_get_or_create = ("name",)

    name = "Greater Hartford"


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency
        skip_postgeneration_save = True

    legal_name = factory.Sequence(lambda n: f"Harbor House {n}, Inc.")
    common_name = factory.LazyAttribute(lambda agency: agency.legal_name.removesuffix(", Inc."))
    ein = factory.Sequence(lambda n: f"06{n:07d}")
    legal_form = LegalForm.NONPROFIT
    federal_money = False
    street = "12 Main Street"
    city = "Hartford"
    region = "CT"
    zip_code = "06103"
    phone = "860-555-0100"
    mission = "Shelter and housing for families."
    services = ["emergency_shelter"]
    victim_service_provider = False


class ProjectFactory(DjangoModelFactory):
    """An emergency shelter that only has its name and dates; the HUD rules want more of it."""

    class Meta:
        model = Project

    agency = factory.SubFactory(AgencyFactory)
    project_name = factory.Sequence(lambda n: f"Emergency shelter {n}")
    operating_start_date = dt.date(2020, 1, 1)
    continuum_project = 1
    project_type = 0


class StaffFactory(DjangoModelFactory):
    """A case manager on the roster, without an account unless `user` is given."""

    class Meta:
        model = Staff
        skip_postgeneration_save = True

    agency = factory.SubFactory(AgencyFactory)
    user = None
    person = factory.LazyAttribute(
        lambda row: Person.objects.enter(
            row.agency.pk, row.email, first_name=row.first_name, last_name=row.last_name, title=row.title
        )
    )
    first_name = factory.Sequence(lambda n: f"Sam{n}")
    last_name = "Staff"
    title = "Case manager"
    email = factory.LazyAttributeSequence(
        lambda row, n: row.user.email if row.user else f"staff{n}@agency.example"
    )
    hmis_role = HmisRole.CASE_MANAGER
    access_level = AccessLevel.CASE
    supervisor_name = "Pat Person"
    start_date = dt.date(2026, 1, 5)
    employment = Staff.Employment.STAFF
