"""The chain of the record as a whole."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hmis_portal.attesting.marks import LONGEST, Marked
from hmis_portal.models.append_only import AppendOnly


class ChainLink(Marked, AppendOnly):
    """Names one row of the record and its mark, and the link before. Made by a worker, in the order it finds them."""

    BEGUN = "begun"  # the first link, which names no row

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("table"), max_length=40)
    row = models.CharField(_("row"), max_length=40, blank=True)
    # The row's own; of a row from before there were marks "before:" and its fingerprint.
    row_mark = models.CharField(max_length=LONGEST, blank=True)
    previous = models.CharField(_("mark of the link before"), max_length=LONGEST, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("link of the record")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "row"], name="chain_row_once"),
            models.UniqueConstraint(
                fields=["row_mark"],
                condition=~models.Q(row_mark="") & ~models.Q(row_mark__startswith="before:"),
                name="chain_mark_once",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-sequence"], name="chain_by_kind")]

    def __str__(self) -> str:
        return str(_("Link %(number)d") % {"number": self.sequence})
