"""A signature that nobody gave, written by SQL alone."""

import uuid

from django.db import connection

from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import SignatureAct

COLUMNS = [field.column for field in SignatureAct._meta.concrete_fields]


def forge(request, *, mark: str = "", event: bool = True) -> uuid.UUID:
    """The counter-signature of the Lead by SQL alone, as the reviewers of this portal forged it."""
    lead, number = requests.party(request, "lead"), uuid.uuid4()
    given = {
        "id": number, "party_id": lead.pk, "user_id": lead.user_id, "legal_name": lead.legal_name, "title": lead.title,
        "authority": lead.authority, "typed_name": lead.legal_name, "mark": mark,
    }  # fmt: skip
    columns = [f"%({name})s" if name in given else f'"{name}"' for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO signing_signatureact ({', '.join(COLUMNS)}) SELECT {', '.join(columns)}"
            " FROM signing_signatureact LIMIT 1",
            given,
        )
        if event:
            cursor.execute(
                "INSERT INTO signing_signingevent (request_id, sequence, kind, at, data, previous_hash, hash) SELECT request_id,"
                " sequence + 1, 'signed:lead', now(), jsonb_build_object('act', %s::text), hash, md5(hash) || md5(hash)"
                " FROM signing_signingevent WHERE request_id = %s ORDER BY sequence DESC LIMIT 1",
                [str(number), request.pk],
            )
    return number
