"""A name that ends in a full stop, such as “Harbor House, Inc.”, never gets a second one."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail

from agencies.models import Agency
from agencies.services import account, people
from hmis_portal.text.words import full_stop
from hmis_portal.web.errors import GuardFailed
from onboarding.services import perform
from tests.cast import Cast
from tests.mou import issue_mou

NAME_AND_STOP = re.compile(
    r"\{\{ ?(?:\w+\.)*(?:agency|agency_name|kept|lead_agency|admin_name|party_name)(?:\.\w+)? ?\}\}\.(?=\s|<|\{|$)"
)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Harbor House, Inc.", "Harbor House, Inc."),
        ("River Street", "River Street."),
        ("Done: a, Inc..", "Done: a, Inc."),
    ],
)
def test_the_end_of_a_sentence(given: str, said: str) -> None:
    assert full_stop(given) == said


def test_no_e_mail_ends_a_sentence_with_a_bare_name() -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "emails"
    wrong = [
        f"{path.relative_to(folder)}: {found}"
        for path in folder.rglob("*.md")
        for found in NAME_AND_STOP.findall(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


@pytest.mark.django_db
def test_messages_about_an_agency_with_inc_in_its_name(cast: Cast, commits) -> None:
    Agency.objects.filter(pk=cast.agency.pk).update(
        common_name="Harbor House, Inc.", legal_name="Harbor House, Inc."
    )
    cast.agency.refresh_from_db()
    with pytest.raises(GuardFailed) as alone:
        account.close_account(user=cast.director, by=cast.director)
    assert ".." not in str(alone.value)
    with commits():
        mou = issue_mou(cast)
    with commits():
        perform(mou, "decline", by=cast.signatory, reason="Not now.")
    with commits():
        people.hand_over(agency=cast.agency, by=cast.director, to=cast.coordinator, stay_as_editor=True)
    assert len(mail.outbox) >= 2
    for message in mail.outbox:
        for text in (message.subject, message.body, *(body for body, _kind in message.alternatives)):
            assert ".." not in text, (message.subject, text)
