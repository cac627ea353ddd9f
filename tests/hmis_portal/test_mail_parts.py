"""One Markdown file makes the subject, the text and the HTML of a message; what people typed stands in them literally."""

import importlib
import re
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail as outbox
from django.utils import timezone

from agencies.emails import invitation_link
from hmis_portal import mail_parts, tasks
from hmis_portal.mail_parts import MalformedMessage
from hmis_portal.models import Message
from tests.factories import AgencyFactory

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"
FILES = sorted(str(path.relative_to(FOLDER))[:-3] for path in FOLDER.rglob("*.md"))
MODULES = {
    "account": "hmis_portal.accounts.emails",
    "agencies": "agencies.emails",
    "training": "training.emails",
    "onboarding": "onboarding.emails",
    "powers": "hmis_portal.powers.emails",
}
TYPED = [
    "*asterisks* and **more**",
    "_under_ __lines__",
    "[brackets](http://evil.example)",
    "[Set a new password](link)",
    "<http://evil.example>",
    "<b>bold</b> & <script>alert(1)</script>",
    "&amp; &#42;x&#42; &copy;",
    "1. x",
    "2) x",
    "# x",
    "- x",
    "+ x",
    "> x",
    "```\nx\n```",
    "    four blanks",
    "---",
    "x\n===",
    "one line\nand another",
    "a paragraph\n\n# and another",
    "far\n\n\n\naway",
    "| a | b |\n|---|---|\n| c | d |",
    "{{ person }} {% now 'Y' %} %s %(agency)s",
    "\\*x\\* `x` ~~x~~",
    "Ångström “Ñandú” 希望 O'Hara",
]


def _plain(html: str) -> str:
    """What a reader sees of the HTML, with the line breaks that were asked for."""
    body = html.split("</h1>")[1].replace("<br>\n", "\n")
    return unescape(re.sub(r"<[^>]+>", "", body))


def _seen(text: str) -> str:
    """HTML shows several blanks as one."""
    return re.sub(r" +", " ", text)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("name", ["account/confirm_email", "onboarding/question_answered", "training/digest"])
def test_what_people_typed_stands_literally_in_both_parts(typed: str, name: str) -> None:
    context = {
        "account/confirm_email": {"name": typed, "email": "x@y.example"},
        "onboarding/question_answered": {
            "thread": {"subject": typed}, "answer": typed, "answer_by": typed, "in_portal": True, "filename": "",
        },
        "training/digest": {"lines": [(typed, typed, typed), ("Ana", typed, "x")]},
    }[name]  # fmt: skip
    plain = mail_parts.made(name, {**_context(name, "Ana"), "link_url": "https://p.example/x"})
    parts = mail_parts.made(name, {**context, "link_url": "https://p.example/x"})
    times = {"account/confirm_email": 1, "onboarding/question_answered": 3, "training/digest": 4}[name]
    indented = re.sub(r"\n(?=[^\n])", "\n  ", typed) if name == "training/digest" else typed
    assert parts.text.count(indented) >= times
    assert _seen(_plain(parts.html)).count(_seen(typed)) >= times
    assert _tags(parts.html) == _tags(plain.html)
    if name == "onboarding/question_answered":
        assert parts.subject == f"Your question is answered: {' '.join(typed.split())}"


def _context(name: str, word: str) -> dict:
    return {
        "name": word, "email": "x@y.example", "thread": {"subject": word}, "answer": word, "answer_by": word,
        "in_portal": True, "filename": "", "lines": [(word, word, word), (word, word, word)],
    }  # fmt: skip


def _tags(html: str) -> list[str]:
    return [tag for tag in re.findall(r"<[^>]+>", html) if tag != "<br>" and not tag.startswith("<title")]


def test_the_word_e_mail_does_not_break_at_its_hyphen(db) -> None:
    parts = mail_parts.made(
        "account/confirm_email", {**_context("", "Ana"), "link_url": "https://p.example/e-mail"}
    )
    assert '<span style="white-space: nowrap">e-mail</span>' in parts.html
    assert 'href="https://p.example/e-mail"' in parts.html
    assert "e-mail" in parts.text


def test_a_list_is_a_list_and_a_link_stands_on_its_own_line(db) -> None:
    lines = [("Ana", "Privacy", "lapsed"), ("Ben", "Basics", "due")]
    parts = mail_parts.made("training/digest", {"lines": lines, "link_url": "https://p.example/t"})
    text = parts.text.split("--\n")[0]
    assert text == (
        "Hello,\n\nThese people have HMIS training to complete or renew:\n\n- Ana: Privacy (lapsed)\n"
        "- Ben: Basics (due)\n\nThey were told themselves; a word from you helps. Managers of the agency see everyone’s "
        "training in the portal.\n\nOpen the agency’s training page:\nhttps://p.example/t\n\n"
    )
    assert parts.subject == "HMIS training of your team: 2 courses to follow up"
    assert '<li style="margin:0 0 8px"><strong>Ana</strong>: Privacy (lapsed)</li>' in parts.html
    assert '<a href="https://p.example/t"' in parts.html


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("", "begins with its subject"),
        ("A paragraph alone.", "begins with its subject"),
        ("#\n\nA body.", "begins with its subject"),
        ("# &#32;\n\nA body.", "begins with its subject"),
        ("Before.\n\n# Subject", "begins with its subject"),
        ("## Subject\n\nA body.", "begins with its subject"),
        ("# Subject\n\n# Another", "no other heading"),
        ("# Subject that\ngoes on\n\nA body.", "one line"),
        ("# Subject\n\n[One](link)\n\n[Two](link)", "at most one button"),
        ("# Subject\n\n[One](link) [Two](link)", "at most one button"),
        ("# Subject\n\nSee [this](link).", "at most one button"),
        ("# Subject\n\n[One](https://x.example)", "written as"),
        ("# Subject\n\n- [One](link)", "written as"),
    ],
)
def test_a_file_of_another_form_is_refused(source: str, fault: str) -> None:
    with pytest.raises(MalformedMessage, match=fault):
        mail_parts.read(source)


@pytest.mark.django_db
@pytest.mark.parametrize("link", ["", "https://p.example/"])
def test_a_button_needs_its_address(link: str, monkeypatch, settings, tmp_path) -> None:
    """And an address its button: neither is left out in silence."""
    (tmp_path / "odd.md").write_text(
        "# Odd\n\nA body." + ("" if link else "\n\n[Go](link)"), encoding="utf-8"
    )
    monkeypatch.setattr(mail_parts.engines["mail"].engine, "dirs", [tmp_path])
    with pytest.raises(MalformedMessage, match="or neither"):
        mail_parts.made("odd", {"link_url": link})


def _as_written(name: str) -> str:
    """The file with all its branches, “value” for each value."""
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    trimmed = r"\{% blocktranslate trimmed.*?%\}(.*?)\{% endblocktranslate %\}"
    source = re.sub(trimmed, lambda found: " ".join(found[1].split()), source, flags=re.DOTALL)
    source = re.sub(r'\{% translate "(.*?)" %\}', r"\1", source)
    return re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", "value", source))


# Nothing is to be opened for these: they say what happened, or bring a code for a page that is open already.
WITHOUT_BUTTON = {
    "account/anchor", "account/email_change_stopped_new", "account/email_changed", "account/email_changed_old", "account/signing_code",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_message_has_a_subject_and_at_most_one_button(name: str) -> None:
    subject, before, button, _after = mail_parts.read(_as_written(name))
    assert subject
    assert bool(button) == (name not in WITHOUT_BUTTON)
    assert before


@pytest.mark.parametrize("name", FILES)
def test_every_message_is_sent_by_the_function_of_its_name(name: str) -> None:
    folder, message = name.split("/")
    assert callable(getattr(importlib.import_module(MODULES[folder]), message))


@pytest.mark.parametrize("name", FILES)
def test_messages_use_only_tags_whose_values_stand_literally(name: str) -> None:
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    tags = {
        "if",
        "elif",
        "else",
        "endif",
        "for",
        "endfor",
        "translate",
        "blocktranslate",
        "plural",
        "endblocktranslate",
    }
    assert set(re.findall(r"\{% (\w+)", source)) <= tags
    assert "|safe" not in source


@pytest.mark.parametrize("name", FILES)
def test_every_word_of_a_message_can_be_translated(name: str) -> None:
    source = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    block = r"\{% blocktranslate.*?\{% endblocktranslate %\}"
    rest = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", re.sub(block, "", source, flags=re.DOTALL))
    assert not re.search(r"[^\W\d_]", rest.replace("](link)", ""))


@pytest.mark.django_db
def test_a_message_recorded_before_the_change_is_sent_as_it_was_made(cast, client_of) -> None:
    """Rows hold their parts, so the files they were made from are not asked for; a personal link is still put in."""
    with time_machine.travel(timezone.now(), tick=False):
        row = AgencyFactory().invitations.create(
            user=cast.staff, role="editor", expires_at=timezone.now(), created_by=cast.director
        )
        message = Message.objects.create(
            key="before", name="agencies/gone", user=cast.staff, to=cast.staff.email, subject="From before",
            body_text="Hello,\n\nGo on:\n[personal link]\n", body_html="<p>Go on: [personal link]</p>",
            link_kind="invitation", link_object=str(row.pk), next_try_at=timezone.now(),
        )  # fmt: skip
        tasks.deliver(str(message.pk))
        link = invitation_link(str(row.pk))
    sent = outbox.outbox[-1]
    assert (sent.subject, sent.body) == ("From before", f"Hello,\n\nGo on:\n{link}\n")
    assert sent.alternatives[0][0] == f"<p>Go on: {link}</p>"
    assert "From before" in client_of(cast.staff).get(f"/me/messages/{message.pk}/").text


@pytest.mark.django_db
def test_the_log_of_an_installation_gets_the_names_that_messages_have_now() -> None:
    from django.apps import apps

    migration = importlib.import_module("hmis_portal.migrations.0008_rename_messages_about_questions")
    for name in ("onboarding/support_new", "onboarding/support_received", "training/due"):
        Message.objects.create(key=name, name=name, to="a@b.example", next_try_at=timezone.now())
    names = Message.objects.order_by("key").values_list("name", flat=True)
    migration.forwards(apps, None)
    assert list(names.all()) == [
        "onboarding/question_waiting",
        "onboarding/question_received",
        "training/due",
    ]
    migration.backwards(apps, None)
    assert list(names.all()) == ["onboarding/support_new", "onboarding/support_received", "training/due"]
