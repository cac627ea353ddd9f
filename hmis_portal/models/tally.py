from django.db import models
from django.utils.translation import gettext_lazy as _


class Tally(models.Model):
    """What is counted of one person or place for a while; under a hash, so that the row names nobody.

    Rows that have lapsed are swept each night; see `hmis_portal.running.tallies`.
    """

    key = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return self.key
