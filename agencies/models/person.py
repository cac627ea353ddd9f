"""The agency's directory: everybody whom it names, lists, invites or lets act for it, entered once."""

from typing import ClassVar, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from agencies.models.agency import Agency, AgencyUserObjectPermission, Invitation
from agencies.models.matching import Digits, Domain, Words
from agencies.models.staff import Staff, full_name
from agencies.models.user import User
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.text import typed
from hmis_portal.text.mailboxes import is_shared

NAME_PART = 100  # letters of the first or the last name of an account, or of a line of the roster


class PersonQuerySet(models.QuerySet["Person"]):
    def current(self) -> Self:
        """Who holds a position, is listed or supervises, acts for the agency, or is invited to."""
        listed = Staff.objects.current()
        acting = AgencyUserObjectPermission.objects.filter(
            user=OuterRef("user"), user__is_active=True, content_object=OuterRef("agency")
        )
        invited = Invitation.objects.filter(
            person=OuterRef("pk"), accepted_at__isnull=True, revoked_at__isnull=True
        )
        return self.filter(
            Exists(Contact.objects.filter(person=OuterRef("pk")))
            | Exists(listed.filter(person=OuterRef("pk")))
            | Exists(listed.filter(supervised_by=OuterRef("pk")))
            | Exists(acting)
            | Exists(invited)
        )

    def off_roster(self) -> Self:
        """Who holds a position and has no line of the roster."""
        listed = Staff.objects.current().filter(person=OuterRef("pk"))
        return self.filter(Exists(Contact.objects.filter(person=OuterRef("pk"))), ~Exists(listed))


@WrittenQuery
def _at() -> models.QuerySet["Person"]:
    held = Person.objects.filter(
        agency=Given("agency", models.UUIDField()),
        email=Given("email", models.TextField()),
        holds_address=True,
    )
    return held.select_related("user")[:1]


class PersonManager(models.Manager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def at(self, agency_id: UUID, email: str) -> "Person | None":
        """Whose address it is now."""
        return next(iter(_at(agency=agency_id, email=typed.email(email))), None)

    def current(self) -> PersonQuerySet:
        return self.get_queryset().current()

    def off_roster(self) -> PersonQuerySet:
        return self.get_queryset().off_roster()

    def enter(self, agency_id: UUID, email: str, **facts: object) -> "Person":
        """Whose address it is, or else a new row with `facts`; two who enter the same person at once get one row."""
        if person := self.at(agency_id, email):
            return person
        try:
            with transaction.atomic():
                return self.create(agency_id=agency_id, email=typed.email(email), **facts)
        except IntegrityError:
            return self.get(agency=agency_id, email=typed.email(email), holds_address=True)

    def join(self, agency: Agency, user: User) -> "Person":
        """The person of an account that belongs to the agency. What either side does not know, the other tells it."""
        person = self.filter(agency=agency, user=user).first() or self.enter(
            agency.pk,
            user.email,
            first_name=user.first_name,
            last_name=user.last_name,
            title=user.title,
            **phone_parts(user.phone),
        )
        if person.user_id is None:
            person.user = user
            person.title = person.title or user.title
            if user.phone and not person.phone:
                person.phone, person.extension = phone_parts(user.phone).values()
            person.save(update_fields=["user", "title", "phone", "extension"])
            User.objects.filter(pk=user.pk, title="").update(title=person.title)
            User.objects.filter(pk=user.pk, phone="").update(phone=person.full_phone)
        return person


class Person(models.Model):
    """One person as one agency knows them; one address is one person, a name never is."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="known_as"
    )  # once their account belongs to the agency
    first_name = models.CharField(_("first name"), max_length=200, blank=True)
    last_name = models.CharField(_("last name"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=150, blank=True)
    email = models.EmailField(_("work e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=25, blank=True)
    extension = models.CharField(_("extension"), max_length=6, blank=True)
    # False: the address went to a successor, or two people stood with one address before there was a directory.
    holds_address = models.BooleanField(_("the address is theirs"), default=True)
    told_of = ArrayField(
        models.CharField(max_length=12), default=list, blank=True, editable=False
    )  # positions

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        verbose_name = _("person of an agency")
        verbose_name_plural = _("people of an agency")
        indexes = [
            models.Index(Domain("email"), name="person_by_domain"),
            models.Index(Digits("phone"), name="person_by_phone"),
            GinIndex(Words("first_name", "last_name", "email"), name="person_by_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "agency",
                condition=Q(holds_address=True) & ~Q(email=""),
                name="person_email_once_per_agency",
            ),
            models.UniqueConstraint(
                fields=["agency", "user"],
                condition=Q(user__isnull=False),
                name="person_account_once_per_agency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.email}"

    @property
    def name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def full_phone(self) -> str:
        """In one piece, as a line of the roster has it."""
        return f"{self.phone} ext. {self.extension}" if self.extension else self.phone

    @property
    def may_have_account(self) -> bool:
        """Whether an account can bear the name, and the address is one person's own."""
        parts = (self.first_name, self.last_name)
        return all(0 < len(part) <= NAME_PART for part in parts) and not is_shared(self.email)


class Position(models.TextChoices):
    """The people an agency names, and what each has to do."""

    DIRECTOR = "director", _("Executive director")
    SIGNATORY = "signatory", _("Authorized signatory")
    COORDINATOR = "coordinator", _("HMIS Data Coordinator (HDC)")
    BACKUP = "backup", _("Backup coordinator")
    SECURITY = "security", _("Security Officer")
    PRIVACY = "privacy", _("Privacy Officer")
    IT = "it", _("IT contact")
    BILLING = "billing", _("Billing contact")


REQUIRED_POSITIONS = (
    Position.DIRECTOR,
    Position.SIGNATORY,
    Position.COORDINATOR,
    Position.BACKUP,
    Position.SECURITY,
)


class ContactManager(models.Manager["Contact"]):
    def get_queryset(self) -> models.QuerySet["Contact"]:
        return super().get_queryset().select_related("person")


class Contact(models.Model):
    """A position of an agency, and who holds it: what is told of the person stands in the directory alone."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="contacts")
    position = models.CharField(_("position"), max_length=12, choices=Position.choices)
    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="contacts")

    objects: ClassVar[ContactManager] = ContactManager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("contact")
        constraints = [
            models.UniqueConstraint(fields=["agency", "position"], name="contact_one_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.get_position_display()}: {self.name}"

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def title(self) -> str:
        return self.person.title

    @property
    def email(self) -> str:
        return self.person.email

    @property
    def phone(self) -> str:
        return self.person.phone

    @property
    def extension(self) -> str:
        return self.person.extension

    @property
    def full_phone(self) -> str:
        return self.person.full_phone


def phone_parts(text: str) -> dict[str, str]:
    """Number and extension of a phone in one piece."""
    number, _sep, extension = text.partition(" ext. ")
    return (
        {"phone": number, "extension": extension} if len(extension) <= 6 else {"phone": text, "extension": ""}
    )


def name_parts(name: str) -> dict[str, str]:
    """First and last name of a name in one piece: `full_name` puts them together again as it was."""
    first, _space, last = name.strip().rpartition(" ")
    return {"first_name": first, "last_name": last}
