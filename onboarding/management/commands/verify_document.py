"""`manage.py verify_document FILE`: what the public verifier says of a file; exit code 0 only for one in force."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hmis_portal.signing.verifying import findings
from onboarding.mou import verification


class Command(BaseCommand):
    help = "Say whether a PDF comes from this portal, whether it was changed, and whether it is in force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        verdict = verification.of_file(findings.look_up(data) or findings.by_seals(data))
        self.stdout.write(f"{verdict.heading}\n{verdict.text}")
        for label, value in verdict.facts:
            self.stdout.write(f"  {label}: {value}")
        if not verdict.good:
            raise SystemExit(1)
