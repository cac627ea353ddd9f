"""What a manager types of a staff member."""

from typing import Any

from tests.cast import Cast


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "first_name": "Sam", "last_name": "Smith", "title": "", "email": "Sam@Harbor.example", "phone": "",
        "hmis_role": "data_entry", "access_level": "entry", "projects": [str(cast.project.pk)], "had_account": "no",
        "supervisor_name": "Dana Director", "start_date_month": "3", "start_date_day": "2", "start_date_year": "2026",
        "employment": "staff", **changes,
    }  # fmt: skip
