"""`manage.py export_mou REFERENCE --output FILE.zip`: the bundle of an executed MOU."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hmis_portal.text.references import read_reference
from hmis_portal.web.errors import WrongState
from onboarding.models import Mou
from onboarding.mou import bundle


class Command(BaseCommand):
    help = "Write one ZIP with the executed MOU, its certificate, the root certificate and how to check them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference")
        parser.add_argument("--output", type=Path, required=True)

    def handle(self, *args: object, reference: str, output: Path, **options: object) -> None:
        mou = Mou.objects.select_related("request").filter(reference=read_reference(reference)).first()
        if mou is None:
            raise CommandError(f"There is no MOU with the reference {reference}.")
        try:
            output.write_bytes(bundle.bundle(mou))
        except WrongState as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{output} written.")
