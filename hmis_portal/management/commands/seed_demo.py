"""`manage.py seed_demo`: the demo's people and agencies, for development only."""

import logging
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hmis_portal.celery import app
from onboarding.demo import stories
from onboarding.demo.agencies import Demo


class Command(BaseCommand):
    help = "Make the demo accounts and agencies; the password is PORTAL_DEMO_PASSWORD."

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("PORTAL_DEMO_PASSWORD", "")
        if not settings.DEBUG:
            raise CommandError("The demo is for development: it is never made without PORTAL_DEBUG=1.")
        if not password:
            raise CommandError("Set PORTAL_DEMO_PASSWORD to the password of the demo accounts.")
        logging.disable(logging.INFO)
        # Documents and messages are made before the next step asks for them.
        app.conf.task_always_eager = True
        stories.make(Demo(password=password, say=self.stdout.write))
