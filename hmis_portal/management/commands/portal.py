"""`manage.py portal …`: what the set-up needs besides Django's own commands."""

import os
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from hmis_portal.signing.sealing import key_files, keys, revocation
from hmis_portal.typesetting import fonts


class Command(BaseCommand):
    help = "Load reference content, cut the fonts, or bring a database up to date (prepare)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_actions(parser.add_subparsers(dest="action", required=True))

    def add_actions(self, actions: Any) -> None:
        actions.add_parser("load_reference", help="courses, MOU text, questions, lists: safe to repeat")
        actions.add_parser("fonts", help="cut web and PDF fonts into var/fonts")
        prepare = actions.add_parser(
            "prepare", help="migrate, load reference content, seed the demo when new"
        )
        prepare.add_argument("--no-seed", action="store_true", help="leave a new database without the demo")
        root = actions.add_parser("seal_root", help="make the root of the seal keys; keep its file offline")
        root.add_argument("file", type=Path)
        key = actions.add_parser("seal_key", help="make a seal key under that root, for PORTAL_SEAL_CA_FILE")
        key.add_argument("root", type=Path)
        key.add_argument("file", type=Path)
        key.add_argument(
            "--in-token", action="store_true", help="the key is in the PKCS#11 token: its certificate alone"
        )
        lists = actions.add_parser(
            "seal_revocations", help="sign and publish the root's list of revoked keys"
        )
        lists.add_argument("root", type=Path)

    def handle(self, *args: Any, action: str, no_seed: bool = False, **options: Any) -> None:
        if action == "fonts":
            fonts.build()
        elif action == "seal_root":
            self._write(options["file"], keys.new_root_file())
        elif action == "seal_key":
            token = key_files.token_key().public_key() if options["in_token"] else None
            self._write(options["file"], keys.new_authority_file(options["root"], token))
        elif action == "seal_revocations":
            revocation.sign_root_list(options["root"])
            self.stdout.write("The root's list is signed and published.")
        elif action == "load_reference":
            load_reference()
        else:
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
            load_reference()
            if settings.DEBUG and not no_seed:
                call_command("seed_demo", when_new=True)

    def _write(self, path: Path, text: str) -> None:
        """A secret file that only its owner reads; one that exists is never overwritten."""
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Written to {path}")


def load_reference() -> None:
    """Load what each app brings, the lowest first: `<app>/reference.py` with an idempotent `load()`."""
    for app in reversed(list(apps.get_app_configs())):
        if find_spec(f"{app.name}.reference"):
            import_module(f"{app.name}.reference").load()
