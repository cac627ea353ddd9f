"""Pages, papers and scripts in a language in which every translated word stands between « and »."""

import datetime as dt
import html
import json
import re

import pypdfium2
import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from hmis_portal.signing.agreeing import completion_certificate
from hmis_portal.signing.agreeing import revisions as files_of_signing
from hmis_portal.text.words import datetime_words
from onboarding.application import revisions
from onboarding.sections.answers import Answers
from tests.mou import issue_mou, sign
from training import reference as courses
from training import services
from training.models import Course
from training.papers import certificates

pytestmark = pytest.mark.django_db

READ = re.compile(r"<(h1|label|legend|button|th)\b[^>]*>(.*?)</\1>", re.DOTALL)
# Choices that are names of places.
PLACES = re.compile(r"CT-\d{3}|Greater |Fairfield|Eastern|Northwest|Central|Meriden")


def said(page: str) -> list[str]:
    texts = (re.sub(r"<[^>]+>", " ", match[2]) for match in READ.finditer(page))
    return [words for text in texts if re.search("[A-Za-z]", words := html.unescape(" ".join(text.split())))]


def read(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    finally:
        document.close()


def pages(cast, application) -> dict[str, tuple[str, str]]:
    agency = [cast.agency.pk]
    section = reverse("onboarding:section_page", args=[cast.agency.pk, "agency", "about"])
    return {
        "sign in": ("visitor", reverse("account_login")),
        "support": ("visitor", reverse("onboarding:support")),
        "section with a file": ("director", section),
        "invite": ("director", reverse("agencies:invite", args=agency)),
        "report a leaver": ("director", reverse("agencies:report_leaver", args=[*agency, cast.staff_row.pk])),
        "not found": ("director", "/no/such/page/"),
        "act of the desk": ("admin", reverse("admin:agencies_user_close", args=[cast.staff.pk])),
        "review": ("admin", reverse("admin:onboarding_application_review", args=[application.pk])),
    }


def test_pages(cast, application, in_brackets) -> None:
    for name, (person, address) in pages(cast, application).items():
        with in_brackets():
            page = cast.client(person).get(address).text
        words = said(page)
        assert words, name
        assert [one for one in words if "«" not in one and not PLACES.match(one)] == [], name


def test_the_words_of_scripts(cast, application, in_brackets) -> None:
    with in_brackets():
        page = (
            cast.client("director")
            .get(reverse("onboarding:section_page", args=[cast.agency.pk, "agency", "about"]))
            .text
        )
    texts = json.loads(re.search(r'<script id="autosave-texts"[^>]*>(.*?)</script>', page)[1])
    assert texts
    texts |= json.loads(re.search(r'<script id="kept-texts"[^>]*>(.*?)</script>', page)[1])
    assert all(texts[name].startswith("«") for name in texts if name not in ("person", "signIn", "zone"))
    for name in ("sending", "arrived", "too-large", "failed"):
        assert re.search(rf'data-{name}="«', page), name


def test_the_certificate_of_completion(cast, in_brackets) -> None:
    mou = issue_mou(cast)
    files_of_signing.make(str(mou.request_id), "certified")
    sign(mou, cast)
    with in_brackets():
        text = read(completion_certificate.certificate_pdf(mou.request, list(mou.request.revisions.all())))
    for words in ("Certificate of completion", "Signatures", "How to verify", "Typed name", "Agreed to electronic records",
                  "File as issued, read by the first signer"):  # fmt: skip
        assert f"«{words}»" in text
    assert "«REFERENCE" in text
    assert "Sidney Signatory" in text


def test_the_pdf_of_an_application(cast, application, in_brackets) -> None:
    revision = revisions.freeze(Answers(application, cast.agency), by=cast.director)
    with in_brackets():
        text = read(revisions.render(revision))
    assert "«Participation application»" in text
    assert "«Sent by»" in text
    assert "«Not provided»" in text


def test_the_text_of_an_agreement(cast, in_brackets) -> None:
    context = {
        "title": "MOU", "reference": "MOU-1", "number": 2, "sample": True, "draft": False, "text_sha256": "ab", "facts": [], "introduction": "",
        "clauses": [], "parties": [{"role": "agency", "label": "Harbor House"}, {"role": "lead", "label": "Lead"}],
    }  # fmt: skip
    with in_brackets():
        page = render_to_string("pdf/agreement.html", context)
    assert "«Signature page»" in page
    assert "«For Harbor House»" in page
    assert "«Signature 2 of 2." in page


def test_the_certificate_of_a_course(cast, in_brackets) -> None:
    courses.load()
    course = Course.objects.get(slug="privacy-security")
    recorded = services.record_completion(
        services.Result(person=cast.staff, course=course, completed_on=dt.date(2026, 11, 2), score=90),
        by=cast.trainer,
    )
    with in_brackets():
        text = read(certificates.render(recorded.completion.certificate))
    assert "«Certificate of Completion»" in text
    assert "«has completed the course»" in text
    assert course.title in text


def test_a_moment_in_words(in_brackets) -> None:
    moment = dt.datetime(2026, 11, 22, 20, 5, tzinfo=dt.UTC)
    assert datetime_words(moment) == "November 22, 2026 at 3:05 p.m. Eastern Time"
    with in_brackets():
        assert datetime_words(moment) == "«November 22, 2026 at 3:05 p.m. «Eastern Time»»"


def test_a_page_of_prose_is_translated_as_a_page(client, settings, tmp_path) -> None:
    address = reverse("onboarding:guide")
    english = client.get(address).text
    page = tmp_path / "onboarding/public/guide.es.html"
    page.parent.mkdir(parents=True)
    page.write_text('{% extends "base.html" %}{% block heading %}Antes de empezar{% endblock %}')
    engine, *_others = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    assert client.get(address).text == english
    with translation.override("es"):
        assert "<h1>Antes de empezar</h1>" in client.get(address).text
