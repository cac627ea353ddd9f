"""A manager has the signatory asked once more: by the same message, once a day, on record."""

import subprocess
from datetime import timedelta

import time_machine
from django.core import mail
from django.urls import reverse

from hmis_portal.models import AuditEvent, Message
from onboarding.models import Mou
from tests.onboarding.mou.helpers import mou_url


def words_of(pdf, folder):
    file = folder / "file.pdf"
    file.write_bytes(pdf)
    words = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(words.split())


def test_the_signatory_is_reminded_once_a_day_and_it_is_on_record(cast, issued, client_of, commits):
    client, url = client_of(cast.director), mou_url("remind_signatory", cast)
    with time_machine.travel(issued.issued_at, tick=False):
        page = client.get(mou_url("mou", cast)).text
        assert "Sidney Signatory was last asked on" in page
        assert f'action="{url}"' not in page  # named today
        client.post(url)
    assert Message.objects.filter(user=cast.signatory).count() == 1
    with time_machine.travel(issued.issued_at.replace(hour=17) + timedelta(days=1), tick=False):
        client = client_of(cast.director)
        assert f'action="{url}"' in client.get(mou_url("mou", cast)).text
        mail.outbox.clear()
        with commits():
            answer = client.post(url, follow=True).text
        assert "A reminder is on its way to Sidney Signatory." in answer
        assert f'action="{url}"' not in answer
        assert [message.to for message in mail.outbox] == [[cast.signatory.email]]
        assert "Reminder" in mail.outbox[0].subject
        assert "You can send a reminder once a day." in client.post(url, follow=True).text
    assert Message.objects.filter(user=cast.signatory).count() == 2
    event = AuditEvent.objects.get(verb="remind")
    assert (event.target_id, event.actor) == (str(issued.pk), cast.director)
    assert Mou.objects.get().state_since == issued.state_since  # the portal's own reminders count on


def test_only_a_manager_reminds_and_only_while_the_signature_is_missing(cast, issued, client_of):
    url = mou_url("remind_signatory", cast)
    for person, status in (
        (cast.coordinator, 403),
        (cast.signatory, 403),
        (cast.admin, 403),
        (cast.stranger, 404),
    ):
        assert client_of(person).post(url).status_code == status
    assert client_of(cast.director).get(url).status_code == 405
    Mou.objects.update(signatory=cast.director)
    assert "was last asked" not in client_of(cast.director).get(mou_url("mou", cast)).text
    Mou.objects.update(state="declined")
    client_of(cast.director).post(url)
    assert not AuditEvent.objects.filter(verb="remind").exists()


def test_counsel_and_board_read_it_before_anybody_is_named(cast, texts, client_of, tmp_path):
    url = mou_url("mou_draft", cast)
    for page in ("mou", "mou_clauses"):
        assert url in client_of(cast.director).get(mou_url(page, cast)).text
    answer = client_of(cast.coordinator).get(url)
    words = words_of(answer.content, tmp_path)
    assert "Draft for reading, not for signature." in words
    assert "NOT FOR SIGNATURE" in words
    assert cast.agency.legal_name in words
    assert "[your agency]" not in words
    assert "Version 1" in words
    page = client_of(cast.director).get(mou_url("mou_text", cast)).text
    sha256 = page.partition('class="hash">')[2].partition("<")[0]
    assert f"Text SHA-256 {sha256}" in words
    assert "Signature page" not in words
    assert not Mou.objects.exists()
    public = client_of(cast.stranger).get(reverse("onboarding:mou_current_pdf"))
    assert "NOT FOR SIGNATURE" not in words_of(public.content, tmp_path)


def test_once_a_file_is_there_to_sign_it_is_the_one_to_read(cast, issued, client_of):
    page = client_of(cast.director).get(mou_url("mou", cast)).text
    assert mou_url("mou_draft", cast) not in page
    assert "MOU to sign" in page
