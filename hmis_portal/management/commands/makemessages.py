"""Django's makemessages for the portal's own folders, from wherever it is called."""

from contextlib import chdir
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

NOT_OURS = [".*", "var", "tests", "staticfiles", "node_modules", "docs"]


class Command(makemessages.Command):
    help = "Collect the words to be translated into locale/, or into another folder with --into."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--into", type=Path, default=settings.LOCALE_PATHS[0])

    def handle(self, *args: Any, **options: Any) -> None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *NOT_OURS]
        options["extensions"] = options["extensions"] or ["html", "txt", "md", "py"]
        folder = options["into"].resolve()
        folder.mkdir(parents=True, exist_ok=True)
        before, settings.LOCALE_PATHS = settings.LOCALE_PATHS, [folder]
        try:
            with chdir(settings.BASE_DIR):
                super().handle(*args, **options)
        finally:
            settings.LOCALE_PATHS = before
