"""`manage.py check_documents`: read every stored document, chain of events and signature again, now."""

from typing import Any

from django.core.management.base import BaseCommand

from hmis_portal.models import StoredDocument
from hmis_portal.signing import integrity


class Command(BaseCommand):
    help = "Check that stored documents have their recorded bytes and that event chains and signatures are whole."

    def handle(self, *args: Any, **options: Any) -> None:
        last: int | None = 0
        while last is not None:
            last = integrity.check_documents(last)
        broken, unsigned = list(integrity.check_chains()), list(integrity.check_acts())
        integrity.note_complete()
        damaged = sum(event.verb == integrity.DOCUMENT for event in integrity.outstanding().values())
        self.stdout.write(
            f"{StoredDocument.objects.count()} documents, {damaged} damaged, {len(broken)} broken chains, "
            f"{len(unsigned)} signatures that do not hold."
        )
        if damaged or broken or unsigned:
            raise SystemExit(1)
