"""The attack: a stolen session changes the address, sets the password anew, and signs in the victim's name."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from hmis_portal.accounts import email_change
from hmis_portal.models import EmailChange
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import SignatureAct
from hmis_portal.tasks import finish_email_changes
from hmis_portal.web.errors import GuardFailed

pytestmark = pytest.mark.django_db
NEW = "s.signatory@harbor.example"


def test_nothing_is_signed_while_the_address_changes(cast: Any, issue: Any, sign: Any) -> None:
    party = requests.party(issue(), "agency")
    change = email_change.ask(cast.signatory, NEW)
    email_change.confirm(EmailAddress.objects.create(user=cast.signatory, email=NEW))
    with pytest.raises(GuardFailed, match="nothing can be signed with the account until"):
        sign(party)
    assert not SignatureAct.objects.exists()
    EmailChange.objects.filter(pk=change.pk).update(
        asked_at=timezone.now() - EmailChange.WAIT, due_at=timezone.now()
    )
    finish_email_changes()
    cast.signatory.refresh_from_db()
    assert cast.signatory.email == NEW
    assert sign(party)


def test_who_keeps_the_address_signs(cast: Any, issue: Any, sign: Any) -> None:
    party = requests.party(issue(), "agency")
    email_change.ask(cast.signatory, NEW)
    email_change.withdraw(cast.signatory)
    assert sign(party)
