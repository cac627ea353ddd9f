"""What is sent from the pages of access."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from onboarding.access import confirming
from onboarding.models import Access


def confirm(client, row, name="sstaff"):
    pk = Access.objects.get(staff=row).pk
    return client.post(reverse("admin:onboarding_access_create"), {f"made_{pk}": "on", f"name_{pk}": name})


def upload(client, text, **more):
    file = SimpleUploadedFile("users.csv", text.encode())
    return client.post(reverse("admin:onboarding_hmisuserlist_upload"), {"file": file, **more}, follow=True)


def answers(cast, **more):
    data = {f"answer_{row.pk}": "needs" for row in confirming.people(cast.agency)}
    return {
        **data,
        "signed_name": str(cast.coordinator),
        "due": confirming.due_on(cast.agency).isoformat(),
        **more,
    }
