"""Everybody whom an agency names, lists or lets act for it, into its directory.

One address is one person, in whatever case it was typed; a name never makes two people one. Positions that stood with
one address and different names, titles or phones keep theirs word for word: each is a person of their own, of whom the
first has the address. Whoever has no address is a person of their own too. Lines of the roster keep their text.
"""

import unicodedata

from django.db import migrations
from django.db.models import Q

FACTS = ("title", "phone", "extension")


def plain(text):
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Directory:
    """Of one agency."""

    def __init__(self, Person, agency_id):
        self.Person, self.agency_id = Person, agency_id
        self.by_address, self.users = {}, set()

    def enter(self, email, first, last, facts, *, exactly=False):
        """Who has this address and name, or a new row. `exactly`: also whatever is told of them is the same, or blank."""
        address = email.casefold().strip()
        there = self.by_address.setdefault(address, []) if address else []
        for person in there:
            if plain(f"{person.first_name} {person.last_name}") != plain(f"{first} {last}"):
                continue
            told = {part: value for part, value in facts.items() if value}
            clash = any(getattr(person, part) not in ("", value) for part, value in told.items())
            if exactly and clash:
                continue
            new = {part: value for part, value in told.items() if not getattr(person, part)}
            if {"phone", "extension"} & new.keys() and person.phone:  # an extension is part of its number
                new = {part: value for part, value in new.items() if part == "title"}
                if exactly and told.get("extension") and told["extension"] != person.extension:
                    continue
            for part, value in new.items():
                setattr(person, part, value)
            person.save(update_fields=list(new)) if new else None
            return person
        person = self.Person.objects.create(
            agency_id=self.agency_id, email=address, first_name=first, last_name=last,
            holds_address=not there, **facts,
        )  # fmt: skip
        there.append(person)
        return person

    def belongs(self, person, user_id):
        """The account is theirs, unless it is somebody else's here, or they have another."""
        if person.user_id is None and user_id not in self.users:
            person.user_id = user_id
            person.save(update_fields=["user"])
            self.users.add(user_id)


def phone_parts(text):
    number, _sep, extension = text.partition(" ext. ")
    return {"phone": number, "extension": extension} if len(extension) <= 6 else {"phone": text, "extension": ""}


def carry(apps, schema_editor):
    Agency, Person = apps.get_model("agencies", "Agency"), apps.get_model("agencies", "Person")
    for agency_id in Agency.objects.values_list("pk", flat=True).iterator():
        carry_one(apps, Directory(Person, agency_id), agency_id)


def carry_one(apps, directory, agency_id):
    Contact, Staff, User = (apps.get_model("agencies", name) for name in ("Contact", "Staff", "User"))
    Granted = apps.get_model("agencies", "AgencyUserObjectPermission")
    for row in Contact.objects.filter(agency=agency_id).order_by("pk"):
        first, _space, last = row.name.strip().rpartition(" ")
        facts = {part: getattr(row, part) for part in FACTS}
        row.person = directory.enter(row.email, first, last, facts, exactly=True)
        row.save(update_fields=["person"])
    on_roster = list(Staff.objects.filter(agency=agency_id, left_on=None).order_by("pk"))
    gone = list(Staff.objects.filter(agency=agency_id, left_on__isnull=False).order_by("-left_on", "pk"))
    for row in on_roster:
        facts = {"title": row.title, **phone_parts(row.phone)}
        row.person = directory.enter(row.email, row.first_name, row.last_name, facts)
    acting = Granted.objects.filter(content_object=agency_id).values("user")
    for user in User.objects.filter(pk__in=acting).order_by("pk"):
        there = directory.by_address.get(user.email.casefold().strip())
        facts = {"title": user.title, **phone_parts(user.phone)}
        person = there[0] if there else directory.enter(user.email, user.first_name, user.last_name, facts)
        directory.belongs(person, user.pk)
    for row in on_roster:
        if row.user_id:
            directory.belongs(row.person, row.user_id)
        if row.supervisor_email.strip():
            first, _space, last = row.supervisor_name.strip().rpartition(" ")
            there = directory.by_address.get(row.supervisor_email.casefold().strip())
            same = [p for p in there or () if plain(f"{p.first_name} {p.last_name}") == plain(row.supervisor_name)]
            if same or not there:
                row.supervised_by = same[0] if same else directory.enter(row.supervisor_email, first, last, {})
        row.save(update_fields=["person", "supervised_by"])
    for row in gone:
        facts = {"title": row.title, **phone_parts(row.phone)}
        row.person = directory.enter(row.email, row.first_name, row.last_name, facts)
        row.save(update_fields=["person"])


class Migration(migrations.Migration):
    dependencies = [("agencies", "0011_enter_a_person_once")]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
