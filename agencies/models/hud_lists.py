"""HUD's code lists: each list of codes in each version of HUD's standard."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HudList(models.Model):
    """One list of codes in one version of HUD's standard; the newest version that is active is in use."""

    name = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("HUD code list")
        ordering = ["version", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="hud_list_once_a_version")]

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


class HudCode(models.Model):
    list = models.ForeignKey(HudList, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=10)
    label = models.CharField(max_length=300)
    position = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("HUD code")
        ordering = ["list", "position"]
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="hud_code_once_a_list")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
