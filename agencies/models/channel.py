"""Where a person gets the codes of the HMIS's second sign-in step: one mobile number or e-mail address, their own."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CodeChannel(models.Model):
    """One a person, and each value once across all agencies: the HMIS sends its codes to nobody else.

    `value` is normalized: ten digits of a US number, or an address as `hmis_portal.text.typed.email` writes it.
    """

    class Kind(models.TextChoices):
        MOBILE = "mobile", _("Mobile number")
        EMAIL = "email", _("E-mail address")

    person = models.OneToOneField("agencies.User", on_delete=models.CASCADE, related_name="code_channel")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices)
    value = models.CharField(_("number or address"), max_length=254)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)

    class Meta:
        verbose_name = _("channel for sign-in codes")
        verbose_name_plural = _("channels for sign-in codes")
        constraints = [
            models.UniqueConstraint(fields=["value"], name="code_channel_once"),
            models.CheckConstraint(
                name="code_channel_is_normalized",
                condition=models.Q(kind="mobile", value__regex=r"^[2-9][0-9]{9}$")
                | models.Q(kind="email", value__regex=r"^[^@A-Z\s]+@[^@A-Z\s]+$"),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.EMAIL:
            return self.value
        return f"{self.value[:3]}-{self.value[3:6]}-{self.value[6:]}"
