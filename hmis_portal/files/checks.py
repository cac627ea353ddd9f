"""What `manage.py check --deploy` says of the virus scanner."""

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register

from hmis_portal.files import scanning


@register(Tags.security, deploy=True)
def scanner(**_kwargs: object) -> list[CheckMessage]:
    if not settings.CLAMD_ADDRESS:
        return [
            Info(
                "Files are kept that no virus scanner has seen: PORTAL_CLAMD_ADDRESS is none.",
                id="hmis_portal.I001",
            )
        ]
    if scanning.is_there(settings.CLAMD_ADDRESS):
        return []
    return [
        Warning(
            f"The virus scanner at {settings.CLAMD_ADDRESS} does not answer: no file can be taken.",
            hint="Start clamd, or correct PORTAL_CLAMD_ADDRESS.",
            id="hmis_portal.W001",
        )
    ]
