"""Section A2: the people in charge, of whom one may hold several positions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies import locks
from agencies.models import REQUIRED_POSITIONS, Contact, Person, Position, User
from agencies.models.person import name_parts, phone_parts
from agencies.selectors import MOST_OFFERED
from agencies.services import directory
from hmis_portal.forms import Fieldset, Markup
from hmis_portal.signing.agreeing.acts import same_name
from hmis_portal.text import typed
from onboarding.forms.base import SectionForm
from onboarding.forms.sections.positions import ASKED, DUTIES, LISTED, MAY_BE, NOBODY, OTHER, PARTS, boxes
from onboarding.models import Application, Mou
from onboarding.sections import naming


class PeopleForm(SectionForm, forms.Form):
    """Every position: the same person as one named before, one whom the agency knows, a new one, or (where allowed) nobody.

    `known` are the agency's people, to choose from; `mou` reads the agency's MOU to act on.
    """

    def __init__(
        self,
        *args: object,
        application: Application,
        contacts: Iterable[Contact],
        known: Sequence[Person] = (),
        mou: Callable[[], Mou | None] | None = None,
        **kwargs: object,
    ) -> None:
        self.application, self.mou = application, mou
        self.contacts = {contact.position: contact for contact in contacts}
        self.known = {person.email: person for person in known[:MOST_OFFERED]}
        self.shown_when: dict[str, tuple[str, ...]] = {}
        self.required_messages: dict[str, StrOrPromise] = {}
        self.places: dict[str, str] = {}
        super().__init__(*args, **kwargs)
        if self.is_bound and "director_name" in self.data and "director_is" not in self.data:
            data: Any = self.data.copy()  # type: ignore[attr-defined]  # typed when the director could not be chosen
            data["director_is"], self.data = OTHER, data
        for position in Position:
            self._add(position)

    def _add(self, position: Position) -> None:
        key, optional, words = position.value, position not in REQUIRED_POSITIONS, str(position.label)
        contact = self.contacts.get(position)
        known_here = contact if contact and not self._same_as(position) else None
        choices = [
            (
                OTHER,
                gettext("%s, as written below") % known_here.name if known_here else gettext("Somebody new"),
            ),
            *([(LISTED, gettext("Somebody from the agency’s list"))] if self.known else []),
            *((same_as, str(Position(same_as).label)) for same_as in MAY_BE[position]),
            *([(NOBODY, gettext("Nobody yet"))] if optional else []),
        ]
        self.fields[f"{key}_is"] = forms.ChoiceField(
            label=gettext("Who is the %s?") % words,
            choices=choices,
            widget=forms.RadioSelect,
            required=not optional,
        )
        self.required_messages[f"{key}_is"] = gettext("Select who the %s is") % words
        if self.known:
            self.fields[f"{key}_person"] = forms.ChoiceField(
                label=gettext("Person"),
                choices=[
                    ("", gettext("Select one")),
                    *((email, str(person)) for email, person in self.known.items()),
                ],
            )
            self.shown_when[f"{key}_person"] = (f"{key}_is", LISTED)
            self.required_messages[f"{key}_person"] = gettext("Select the person who is the %s") % words
        for part, field in boxes(position).items():
            name = f"{key}_{part}"
            self.fields[name], self.places[name] = field, words
            if part in ASKED:
                self.required_messages[name] = str(ASKED[part]) % words
            self.shown_when[name] = (f"{key}_is", OTHER)
        self._fill(position)

    def _fill(self, position: Position) -> None:
        contact, key = self.contacts.get(position), position.value
        same = self._same_as(position)
        nobody = NOBODY if self.contacts and position not in REQUIRED_POSITIONS else None
        alone = None if self.known else OTHER  # the director, where there is nobody to choose from
        unnamed = alone if position == Position.DIRECTOR else nobody
        self.initial.setdefault(f"{key}_is", same or (OTHER if contact else unnamed))
        if contact and not same:
            self.initial.update({f"{key}_{part}": getattr(contact, part) for part in PARTS})

    def whose(self, field: str) -> str:
        position = Position(field.partition("_")[0])
        name = str(self[f"{position.value}_name"].value() or "").strip()
        return f"{position.label} ({name})" if name else str(position.label)

    def get_layout(self) -> list[object]:
        sets: list[tuple[object, ...]] = []
        for position in Position:
            names = [
                name
                for name in (
                    f"{position}_is",
                    f"{position}_person",
                    *(f"{position}_{part}" for part in PARTS),
                )
                if name in self.fields
            ]
            duty = Markup(format_html('<p class="hint">{}</p>', DUTIES[position]))
            if names:
                sets.append((position.label, duty, *names))
        if len(sets) != 1:
            return [Fieldset(*parts) for parts in sets]
        # On a page of one position its heading says which. What the record asks besides stands at the end.
        _label, *asked = sets[0]
        return [*asked, *(name for name in self.fields if name not in asked)]

    def only(self, shows: Callable[[str], bool]) -> Self:
        """Whoever is named on another page can be chosen here too, once there is somebody."""
        super().only(shows)
        for name in [name for name in self.fields if name.endswith("_is")]:
            field: Any = self.fields[name]
            field.choices = [
                (value, words)
                for value, words in field.choices
                if value in (OTHER, LISTED, NOBODY) or value in self.contacts or self._asks(value)
            ]
        return self

    def lacking(self) -> list[str]:
        """What the agency's list does not say of whoever was chosen from it."""
        chosen = [
            position for position in Position if self.cleaned_data.get(f"{position.value}_is") == LISTED
        ]
        return [
            str(words) % position.label
            for position in chosen
            for part, words in ASKED.items()
            if not self.people[position][part]
        ]

    def _asks(self, position: str) -> bool:
        return f"{position}_name" in self.fields

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        for position in Position:
            key = position.value
            extension = data.get(f"{key}_extension") or ""
            if extension and not (extension.isascii() and extension.isdigit()):
                self.add_error(f"{key}_extension", _("Enter the extension in digits, like 12"))
        self.people = self._people()
        backup, coordinator = self.people.get(Position.BACKUP), self.people.get(Position.COORDINATOR)
        if backup and coordinator and self._asks(Position.BACKUP):
            same_address = typed.email(backup["email"]) == typed.email(coordinator["email"])
            if same_address or same_name(backup["name"], coordinator["name"]):
                message = _("Name a backup coordinator who is another person than the coordinator")
                part = "is" if data.get("backup_is") != OTHER else "email" if same_address else "name"
                self.add_error(f"backup_{part}", message)
        self._one_address_one_person()
        self._one_name_in_the_mou()
        return data

    def _one_name_in_the_mou(self) -> None:
        """Whoever is to sign it has one name there and here: two spellings are asked about, until `party.changes` asks."""
        mou = self.mou() if self.mou and self.people else None
        if mou is None or mou.signatory_named or mou.state not in Mou.OPEN:
            return
        words = gettext(
            "The MOU names %(name)s with this address. Enter the same name, or name the signatory of the MOU anew first"
        )
        for position in filter(self._asks, self.people):
            person = self.people[position]
            is_typed = self.cleaned_data.get(f"{position}_is", OTHER) == OTHER
            same_address = typed.email(person["email"]) == typed.email(mou.signatory.email)
            if is_typed and same_address and not same_name(person["name"], mou.signatory_name):
                self.add_error(f"{position}_name", words % {"name": mou.signatory_name})

    def _one_address_one_person(self) -> None:
        """Whoever shares an address shares the account: two names with one address are asked about."""
        seen: dict[str, tuple[Position, str]] = {}
        for position in sorted(Position, key=self._asks):
            person = self.people.get(position)
            if not person or self.cleaned_data.get(f"{position.value}_is", OTHER) not in (OTHER, LISTED):
                continue
            first, name = seen.setdefault(typed.email(person["email"]), (position, person["name"]))
            if not self._asks(position) or self.has_error(f"{position.value}_email"):
                continue
            if not same_name(name, person["name"]):
                words = gettext("This is the address of %(name)s (%(position)s). Enter another for %(other)s")
                names = {"name": name, "position": first.label, "other": person["name"]}
                self.add_error(f"{position.value}_email", words % names)

    def _people(self) -> dict[str, dict[str, str]]:
        """Position → the person's particulars, with those who coincide filled in."""
        people: dict[str, dict[str, str]] = {}
        for position in Position:
            key = position.value
            if not self._asks(position):
                people |= self._on_another_page(position, people)
                continue
            who = self.cleaned_data.get(f"{key}_is", OTHER) or NOBODY
            if (
                who == OTHER
                and self.cleaned_data.get(f"{key}_email")
                and self.cleaned_data.get(f"{key}_name")
            ):
                people[key] = {part: str(self.cleaned_data.get(f"{key}_{part}") or "") for part in PARTS}
                typed_in_one = phone_parts(people[key]["phone"])
                extension = people[key]["extension"] or typed_in_one["extension"]
                people[key].update(typed_in_one, extension=extension)
            elif who == LISTED and (person := self.known.get(self.cleaned_data.get(f"{key}_person", ""))):
                people[key] = _particulars(person)
            elif who in people:
                people[key] = dict(people[who])
        return people

    def _on_another_page(
        self, position: Position, people: Mapping[str, dict[str, str]]
    ) -> dict[str, dict[str, str]]:
        """Who holds it; where that is a person of this page, with the particulars that they have now."""
        contact, same = self.contacts.get(position), self._same_as(position)
        if contact is None:
            return {}
        return {position: dict(people[same]) if same in people else _particulars(contact)}

    def _same_as(self, position: Position) -> str:
        """The position named before it that the same person holds."""
        contact = self.contacts.get(position)
        others = MAY_BE.get(position, ()) if contact else ()
        return next((other for other in others if _same(contact, self.contacts.get(other))), "")

    def store(self, by: User) -> Mapping[str, object]:
        agency_id, changed, rows = self.application.agency_id, {}, []
        locks.lock_agency(agency_id)
        for position in Position:
            before, after = self.contacts.get(position), self.people.get(position)
            was = _particulars(before) if before else None
            if was != after:
                changed[position.value] = [was, after]
                if after:
                    person = self._entered(after, was=before.person if before else None, by=by)
                    rows.append(Contact(agency_id=agency_id, position=position, person=person))
        gone = [key for key, (_before, after) in changed.items() if after is None]
        if gone:
            Contact.objects.filter(agency_id=agency_id, position__in=gone).delete()
        Contact.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["agency", "position"], update_fields=["person"]
        )
        naming.tell_named(self.application, by=by, positions=filter(self._asks, Position))
        return changed

    def _entered(self, typed: Mapping[str, str], *, was: Person | None, by: User) -> Person:
        """In the directory. Whoever is on the roster has the address of their line, which is changed there."""
        if was and was.staff_rows.filter(left_on__isnull=True).exists():
            was = None
        facts = {part: typed[part] for part in ("title", "phone", "extension")}
        return directory.enter(
            self.application.agency_id, typed["email"], name_parts(typed["name"]) | facts, by=by, was=was
        )


def _particulars(of: Contact | Person) -> dict[str, str]:
    return {part: getattr(of, part) for part in PARTS}


def _same(contact: Contact | None, other: Contact | None) -> bool:
    return bool(contact and other and contact.person_id == other.person_id)
