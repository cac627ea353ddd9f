"""`manage.py load_register`: a list of the IRS from files on this machine, however large."""

import datetime as dt
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from agencies.models import RegisterLoad
from agencies.permissions import hmis_people, is_hmis_admin
from agencies.register import loading
from agencies.register.formats import NotTheFile


class Command(BaseCommand):
    help = (
        "Load the IRS's list of exempt organizations (EO BMF extract) or of automatic revocations. It takes the place of "
        "the file before once it is whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, help="one list, in one file or several parts")
        parser.add_argument(
            "--day", type=dt.date.fromisoformat, required=True, help="day of the file, 2026-01-31"
        )
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the HMIS Admin who loads it")
        parser.add_argument(
            "--fewer", action="store_true", help="it may have far fewer rows than the one before"
        )

    def handle(
        self, *args: object, files: list[Path], day: dt.date, by: str, fewer: bool, **options: object
    ) -> None:
        person = hmis_people().filter(email=by.lower()).first()
        if not is_hmis_admin(person):
            raise CommandError(f"{by} is no HMIS Admin.")
        names = ", ".join(file.name for file in files)[:200]
        row = RegisterLoad(name=names, of_day=day, may_shrink=fewer, loaded_by=person)
        try:
            with ExitStack() as opened:
                parts = [opened.enter_context(file.open("rb")) for file in files]
                loading.load(row, map(loading.chunks_of, parts))
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read: {error.strerror}.") from error
        except NotTheFile as error:
            raise CommandError(f"{error}. Nothing was changed.") from error
        self.stdout.write(f"{row.get_kind_display()}: {row.rows} rows, SHA-256 {row.sha256}")
