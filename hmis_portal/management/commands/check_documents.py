"""`manage.py check_documents`: hash every stored document and read every chain of events again, now."""

from typing import Any

from django.core.management.base import BaseCommand

from hmis_portal.models import AuditEvent, StoredDocument
from hmis_portal.signing import integrity


class Command(BaseCommand):
    help = "Check that stored documents have their recorded bytes and that event chains are whole."

    def handle(self, *args: Any, **options: Any) -> None:
        last: int | None = 0
        while last is not None:
            last = integrity.check_documents(last)
        broken = list(integrity.check_chains())
        damaged = AuditEvent.objects.filter(verb="document_damaged").count()
        self.stdout.write(
            f"{StoredDocument.objects.count()} documents, {damaged} damaged, {len(broken)} broken chains."
        )
        if damaged or broken:
            raise SystemExit(1)
