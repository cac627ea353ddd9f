"""The chain of the record as a whole: each link names one row and its mark, and the link before.

A row carries its mark from the moment it is inserted, so nobody waits for the chain: a worker adds the links soon after,
alone, in the order in which it finds the rows. Rows from before there were marks are taken in once, as such.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.attesting import marks
from hmis_portal.attesting.marks import Marked
from hmis_portal.events import PortalEvent
from hmis_portal.models import ChainLink

LOCK = 7_304_112  # of PostgreSQL's advisory locks: one worker at a time adds links
BATCH, MOST = 2_000, 20_000
# A row may be committed after others with higher numbers; what comes later than so many is found at night.
WINDOW = 5_000
BEFORE = "before:"


@dataclass(frozen=True)
class ChainFinding:
    """One thing wrong, and the row it is told of: the link that names it, or the row itself when none does."""

    what: PortalEvent
    told_of: models.Model
    words: str


def tables(*, all_marked: bool = False) -> dict[str, type[Marked]]:
    """By name: what the chain names row by row; with `all_marked` also what the events of a request name."""
    known = [model for model in apps.get_models() if issubclass(model, Marked) and model is not ChainLink]
    return {model._meta.label_lower: model for model in known if model.CHAINED or all_marked}


def last() -> ChainLink | None:
    return ChainLink.objects.order_by("-sequence").first()


def is_attested(row: Marked) -> bool:
    """Whether the portal wrote this row as it is: by its mark, or by the chain if it is from before."""
    if row.mark:
        return marks.holds(row)
    named = ChainLink.objects.filter(
        kind=row._meta.label_lower, row=str(row.pk), row_mark=BEFORE + marks.fingerprint(row)
    )
    return any(marks.holds(link) for link in named)


def begin() -> int | None:
    """Begin the chain and take in what was written before there were marks; how many rows that were.

    None when it was begun before: what carries no mark then stays a finding.
    """
    with _alone():
        if ChainLink.objects.exists():
            return None
        now = timezone.now()
        first = _follow(None, ChainLink.BEGUN, "", "", now)
        first.save(force_insert=True)
        count, previous = 0, first
        for kind, model in tables(all_marked=True).items():
            rows = model._default_manager.filter(mark="").order_by("pk").iterator(BATCH)
            named = ((kind, str(row.pk), BEFORE + marks.fingerprint(row)) for row in rows)
            previous, added = _append(previous, named, now)
            count += added
    return count


def extend(*, everything: bool = False) -> list[ChainFinding]:
    """Add a link for each new row; the rows that the portal did not write are found instead.

    Looks at what was written lately, or with `everything` at every row without a link.
    """
    with _alone():
        previous = last()
        if previous is None:
            return []
        rows = [row for model in tables().values() for row in _without_link(model, everything)]
        taken = set(
            ChainLink.objects.filter(row_mark__in=[row.mark for row in rows]).values_list(
                "row_mark", flat=True
            )
        )
        good, findings = [], []
        for row in rows:
            if marks.holds(row) and row.mark not in taken:
                taken.add(row.mark)
                good.append((row._meta.label_lower, str(row.pk), row.mark))
            else:
                findings.append(
                    ChainFinding(PortalEvent.RECORD_INSERTED, row, _("The portal did not write this row."))
                )
        _append(previous, good, timezone.now())
    return findings


def check(after: int) -> tuple[int | None, list[ChainFinding]]:
    """Read a batch of links and the rows they name again; the last number, None at the end, and what is wrong."""
    links = list(ChainLink.objects.filter(sequence__gt=after).order_by("sequence")[:BATCH])
    if not links:
        return None, []
    before = ChainLink.objects.filter(sequence__lte=after).order_by("-sequence").first()
    bad = {link.sequence: link for link in links if not marks.holds(link)}
    findings = list(_wrong_with_links(links, before, bad))
    for kind, model in tables(all_marked=True).items():
        named = [link for link in links if link.kind == kind and link.sequence not in bad]
        rows = {
            str(pk): row for pk, row in model._default_manager.in_bulk([link.row for link in named]).items()
        }
        findings += filter(None, (_wrong_with_row(link, rows.get(link.row)) for link in named))
    return links[-1].sequence, findings


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which no other worker adds links."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def _without_link(model: type[Marked], everything: bool) -> list[Marked]:
    kind = model._meta.label_lower
    own = ChainLink.objects.filter(kind=kind)
    rows = model._default_manager.filter(
        ~models.Exists(own.filter(row=Cast(models.OuterRef("pk"), models.CharField())))
    ).order_by("pk")
    newest = None if everything else own.order_by("-sequence").values_list("row", flat=True).first()
    return list(rows.filter(pk__gt=int(newest) - WINDOW) if newest else rows)[:MOST]


def _append(
    previous: ChainLink, named: Iterable[tuple[str, str, str]], now: datetime
) -> tuple[ChainLink, int]:
    """Links for these rows, each its table, number and mark; the last link then, and how many were added."""
    links: list[ChainLink] = []
    begun = previous.sequence
    for kind, row, mark in named:
        previous = _follow(previous, kind, row, mark, now)
        links.append(previous)
        if len(links) == BATCH:
            ChainLink.objects.bulk_create(links)
            links = []
    ChainLink.objects.bulk_create(links)
    return previous, previous.sequence - begun


def _follow(previous: ChainLink | None, kind: str, row: str, row_mark: str, now: datetime) -> ChainLink:
    link = ChainLink(
        sequence=previous.sequence + 1 if previous else 1,
        at=now,
        kind=kind,
        row=row,
        row_mark=row_mark,
        previous=previous.mark if previous else "",
    )
    link.mark = marks.make(link)
    return link


def _wrong_with_links(
    links: list[ChainLink], before: ChainLink | None, bad: dict[int, ChainLink]
) -> Iterator[ChainFinding]:
    for place, link in enumerate(links):
        expected = before.sequence + 1 if before else 1
        if link.sequence in bad:
            following = links[place + 1] if place + 1 < len(links) else None
            yield _of_bad_link(link, bad, following)
        elif link.sequence != expected:
            words = _("Of the chain, %(count)d links before this one are gone.")
            yield ChainFinding(PortalEvent.RECORD_REMOVED, link, words % {"count": link.sequence - expected})
        elif link.previous != (before.mark if before else "") and expected - 1 not in bad:
            yield ChainFinding(
                PortalEvent.RECORD_REORDERED, link, _("This link does not follow the one before it.")
            )
        before = link


def _of_bad_link(link: ChainLink, bad: dict[int, ChainLink], following: ChainLink | None) -> ChainFinding:
    if any(_holds_as(link, other) for other in list(bad)[:50] if other != link.sequence):
        return ChainFinding(
            PortalEvent.RECORD_REORDERED, link, _("This link stood in another place of the chain.")
        )
    if following is None and not _names_a_row(link):
        return ChainFinding(PortalEvent.RECORD_INSERTED, link, _("The portal did not write this link."))
    return ChainFinding(PortalEvent.RECORD_CHANGED, link, _("This link is not the one that was written."))


def _names_a_row(link: ChainLink) -> bool:
    """Whether the portal wrote the row that a link names."""
    model = tables(all_marked=True).get(link.kind)
    with suppress(ValueError, ValidationError):  # of a link that somebody wrote
        row = model._default_manager.filter(pk=link.row).first() if model else None
        return row is not None and is_attested(row)
    return False


def _holds_as(link: ChainLink, sequence: int) -> bool:
    return marks.holds(
        ChainLink(
            sequence=sequence, at=link.at, kind=link.kind, row=link.row, row_mark=link.row_mark,
            previous=link.previous, mark=link.mark,
        )
    )  # fmt: skip


def _wrong_with_row(link: ChainLink, row: Marked | None) -> ChainFinding | None:
    words = {"row": link.row, "kind": link.kind}
    if row is None:
        return ChainFinding(
            PortalEvent.RECORD_REMOVED, link, _("The row %(row)s of %(kind)s is gone.") % words
        )
    genuine, own = not row.mark or marks.holds(row), row.mark or BEFORE + marks.fingerprint(row)
    if genuine and own == link.row_mark:
        return None
    elsewhere = ChainLink.objects.filter(kind=link.kind, row_mark=own).exclude(pk=link.pk)
    if genuine and elsewhere.exists():
        return ChainFinding(
            PortalEvent.RECORD_REORDERED, link,
            _("The row %(row)s of %(kind)s holds what another one held.") % words,
        )  # fmt: skip
    return ChainFinding(
        PortalEvent.RECORD_CHANGED, link,
        _("The row %(row)s of %(kind)s is not the one that was recorded.") % words,
    )  # fmt: skip
