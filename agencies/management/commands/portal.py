"""`manage.py portal admin`: how the first HMIS Admin of an installation is made; the rest is `hmis_portal`'s."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_email

from agencies.services import account
from hmis_portal.accounts import emails
from hmis_portal.management.commands import portal
from hmis_portal.web.errors import DomainError


class Command(portal.Command):
    def add_actions(self, actions: Any) -> None:
        super().add_actions(actions)
        admin: ArgumentParser = actions.add_parser(
            "admin", help="make the first HMIS Admin; all others are made on the desk"
        )
        admin.add_argument("--email", required=True)
        admin.add_argument("--first-name", required=True)
        admin.add_argument("--last-name", required=True)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action != "admin":
            super().handle(*args, action=action, **options)
            return
        names = ("email", "first_name", "last_name")
        try:
            validate_email(options["email"])
            user = account.make_first_admin(**{name: options[name] for name in names})
        except ValidationError as error:
            raise CommandError(f"{options['email']} is not an e-mail address.") from error
        except Group.DoesNotExist as error:
            raise CommandError(
                "The groups are not there yet: run manage.py portal load_reference first."
            ) from error
        except DomainError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email} is the first HMIS Admin.")
        if not user.has_usable_password():
            self.stdout.write("The link to set a password was sent there, and is (three days, one use):")
            self.stdout.write(emails.reset_password_link(str(user.pk)))
