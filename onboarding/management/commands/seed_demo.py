"""`manage.py seed_demo`: the demo's people and agencies, for development only."""

import logging
import os
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies.models import Agency, User
from hmis_portal.celery import app
from hmis_portal.dev_services.run import DEMO_DOMAIN
from onboarding.demo import stories
from onboarding.demo.agencies import Demo


class Command(BaseCommand):
    help = "Make the demo accounts and agencies; the password is PORTAL_DEMO_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--when-new",
            action="store_true",
            help="only in a database without agencies; else set the passwords",
        )

    def handle(self, *args: object, when_new: bool, **options: object) -> None:
        password = os.environ.get("PORTAL_DEMO_PASSWORD", "")
        if when_new:
            if password:
                set_passwords(password)
            if Agency.objects.exists() and not stories.is_unfinished():
                return
            self.stdout.write(
                "Making the demo: six agencies, walked to six points of the journey. This takes a minute."
            )
        if not settings.DEBUG:
            raise CommandError("The demo is for development: it is never made without PORTAL_DEBUG=1.")
        if not password:
            raise CommandError("Set PORTAL_DEMO_PASSWORD to the password of the demo accounts.")
        logging.disable(logging.INFO)
        # Documents and messages are made before the next step asks for them.
        app.conf.task_always_eager = True
        stories.make(Demo(password=password, say=self.stdout.write))


def set_passwords(password: str) -> None:
    """Make PORTAL_DEMO_PASSWORD, printed at the start, the one that opens the demo accounts."""
    for user in User.objects.filter(email__endswith=DEMO_DOMAIN):
        if user.has_usable_password() and not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
