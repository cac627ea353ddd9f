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
from django.utils import timezone

from hmis_portal.attesting import chain
from hmis_portal.attesting import keys as attesting_keys
from hmis_portal.models import ChainLink
from hmis_portal.running import roles
from hmis_portal.running.zone import set_zone
from hmis_portal.signing.sealing import key_files, keys, revocation
from hmis_portal.signing.verifying import anchors
from hmis_portal.typesetting import fonts


class Command(BaseCommand):
    help = "Load reference content, cut the fonts, or bring a database up to date (prepare)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        self.add_actions(parser.add_subparsers(dest="action", required=True))

    def add_actions(self, actions: Any) -> None:
        actions.add_parser("load_reference", help="courses, MOU text, questions, lists: safe to repeat")
        attest = actions.add_parser(
            "attest", help="begin the chain of the record; prepare and load_reference do"
        )
        attest.add_argument(
            "--again", action="store_true", help="although anchors of an earlier chain are in the storage"
        )
        actions.add_parser("grants", help="give the role of web and workers what it needs; migrate does too")
        key = actions.add_parser("evidence_key", help="print a key for PORTAL_EVIDENCE_KEYS")
        key.add_argument("version", type=int, nargs="?", default=1)
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
        elif action == "evidence_key":
            self.stdout.write(attesting_keys.new_key(options["version"]))
        elif action == "grants":
            if not settings.AS_OWNER:
                raise CommandError("Set DATABASE_OWNER_URL to the address of the role that owns the tables.")
            roles.give(settings.RUNTIME_ROLE)
        elif action == "attest":
            self._attest(again=options["again"])
        elif action == "load_reference":
            load_reference()
            self._attest()
        else:
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
            load_reference()
            self._attest(again=settings.DEBUG)
            if settings.DEBUG and not no_seed:
                call_command("seed_demo", when_new=True)

    def _attest(self, *, again: bool = False) -> None:
        """Take in once what was written before rows carried marks. Where it was done before, the storage tells."""
        if ChainLink.objects.exists():
            return
        if not again and anchors.names():
            raise CommandError(
                "The storage holds anchors of the record, and the database has no chain: it was restored from before, or "
                "somebody removed it. Find out which; then `portal attest --again` takes in what stands there now."
            )
        if count := chain.begin():
            self.stdout.write(
                f"{count} records from before {timezone.localdate(timezone=set_zone())} were taken in as they stand."
            )

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
