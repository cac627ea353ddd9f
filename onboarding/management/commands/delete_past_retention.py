"""`manage.py delete_past_retention`: list the MOUs past their retention period; with --confirm delete their files."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from agencies import permissions
from agencies.models import User
from hmis_portal.models import PortalSettings
from onboarding.mou import retention


class Command(BaseCommand):
    help = "List the MOUs past their retention period. With --confirm and --by EMAIL their files are deleted for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--confirm", action="store_true", help="delete the files that are listed")
        parser.add_argument("--by", default="", help="e-mail of the HMIS Admin who decides it")

    def handle(self, *args: object, confirm: bool, by: str, **options: object) -> None:
        if PortalSettings.objects.filter(retention_years__isnull=False).first() is None:
            raise CommandError(
                "No retention period is set in the portal settings, so nothing may be deleted."
            )
        rows = retention.due()
        for row in rows:
            self.stdout.write(
                f"{row.mou.reference}: {len(row.files)} files, may be deleted since {row.since}"
            )
        if not rows:
            self.stdout.write("No MOU is past its retention period.")
        elif not confirm:
            self.stdout.write(
                "Nothing was deleted. Run again with --confirm --by EMAIL to delete these files."
            )
        else:
            admin = _admin(by)
            count = sum(retention.delete(row.mou, by=admin) for row in rows)
            self.stdout.write(f"{count} files deleted. The record of each MOU is kept.")


def _admin(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None or not permissions.is_hmis_admin(user):
        raise CommandError("Name with --by the HMIS Admin who decides it.")
    return user
