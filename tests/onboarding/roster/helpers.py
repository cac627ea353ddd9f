"""What the pages of a person on the roster send, and a file of many."""

from django.core.files.uploadedfile import SimpleUploadedFile

HEAD = "First Name,LAST NAME,Email,Role,Projects,Supervisor,Start date,Employment type"


def person_data(cast, **changes):
    return {
        "first_name": "Nia", "last_name": "New", "title": "Case manager", "email": "nia@harbor.example", "phone": "860 555 0123",
        "hmis_role": "case_manager", "access_level": "case", "projects": [str(cast.project.pk)], "had_account": "no",
        "earlier_account": "typed and hidden", "supervisor_name": "Dana Director", "start_date_month": "1",
        "start_date_day": "5", "start_date_year": "2026", "employment": "staff", **changes,
    }  # fmt: skip


def upload(client, base, text, name="staff.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(f"{base}upload/", {"file": SimpleUploadedFile(name, data)})
