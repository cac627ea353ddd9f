"""`manage.py check_documents`: read every stored document, chain of events, signature and record again, now."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from hmis_portal.events import PortalEvent
from hmis_portal.models import StoredDocument
from hmis_portal.running.away import PartAway
from hmis_portal.signing.verifying import integrity


class Command(BaseCommand):
    help = "Check that stored documents have their recorded bytes and that event chains and signatures are whole."

    def handle(self, *args: object, **options: object) -> None:
        last: int | None = 0
        try:
            while last is not None:
                last = integrity.check_documents(last)
        except PartAway as error:
            raise CommandError(f"The check did not come to its end: {error}") from error
        broken, unsigned = list(integrity.check_chains()), list(integrity.check_acts())
        number: int | None = 0
        while number is not None:
            number = integrity.check_chain(number)
        integrity.note_complete()
        verbs = Counter(event.verb for event in integrity.outstanding().values())
        changed, gone, unread = (
            verbs[verb]
            for verb in (
                PortalEvent.DOCUMENT_DAMAGED,
                PortalEvent.DOCUMENT_GONE,
                PortalEvent.DOCUMENT_UNREADABLE,
            )
        )
        record = sum(verbs[verb] for verb in integrity.RECORD)
        self.stdout.write(
            f"{StoredDocument.objects.count()} documents, {changed} damaged, {len(broken)} broken chains, {len(unsigned)} "
            f"signatures that do not hold; {gone} documents gone, {unread} that cannot be read; {record} faults of the "
            "record as a whole."
        )
        if changed or gone or unread or broken or unsigned or record:
            raise SystemExit(1)
