"""Addresses that were kept with characters nobody sees, or capitals, become what people type.

Where that address is another account's, or another person's of the same roster, the row stays as it is and is named:
two people are never made one by a migration.
"""

import re
import unicodedata

from django.db import migrations

UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\x00-\x1f\x7f-\x9f]"
)


def cleaned(address):
    return UNSEEN.sub("", unicodedata.normalize("NFKC", address)).casefold().strip()


def clean(apps, schema_editor):
    User = apps.get_model("agencies", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    Staff = apps.get_model("agencies", "Staff")
    Contact = apps.get_model("agencies", "Contact")

    for user in User.objects.only("email").iterator():
        address = cleaned(user.email)
        if address == user.email:
            continue
        if User.objects.filter(email__iexact=address).exclude(pk=user.pk).exists():
            told(f"account {user.pk}", user.email, address)
            continue
        User.objects.filter(pk=user.pk).update(email=address)
    for row in EmailAddress.objects.iterator():
        address = cleaned(row.email)
        others = EmailAddress.objects.filter(email__iexact=address).exclude(pk=row.pk)
        if address != row.email and not others.exists():
            EmailAddress.objects.filter(pk=row.pk).update(email=address)
    for row in Staff.objects.only("email", "supervisor_email", "agency_id", "left_on").iterator():
        address = cleaned(row.email)
        others = Staff.objects.filter(agency_id=row.agency_id, left_on=None, email__iexact=address)
        if address != row.email and (row.left_on or not others.exclude(pk=row.pk).exists()):
            Staff.objects.filter(pk=row.pk).update(email=address)
        elif address != row.email:
            told(f"roster entry {row.pk}", row.email, address)
        if (supervisor := cleaned(row.supervisor_email)) != row.supervisor_email:
            Staff.objects.filter(pk=row.pk).update(supervisor_email=supervisor)
    for row in Contact.objects.only("email").iterator():
        if (address := cleaned(row.email)) != row.email:
            Contact.objects.filter(pk=row.pk).update(email=address)


def told(what, kept, address):
    print(f"\n  {what} keeps {kept!a}: {address} stands there already. Look at both in the admin.", end="")


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_add_who_confirmed_a_project"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(clean, migrations.RunPython.noop)]
