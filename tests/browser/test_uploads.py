"""Files in a real browser: how far one has got, what is refused and how it is said, with scripts and without."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.looking import findings
from tests.hmis_portal.files.workbooks import workbook as workbook_parts
from tests.scans import PDF, scan

pytestmark = pytest.mark.browser

FILES = """
from onboarding.models import Upload
answer = list(Upload.objects.filter(agency={agency!r}).order_by("uploaded_at").values_list("filename", flat=True))
"""
PROJECT = """
from agencies.models import Agency
from tests.factories import ProjectFactory
ProjectFactory(agency=Agency.objects.get(pk={agency!r}), project_name="Harbor Shelter")
answer = None
"""


def zipped(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def choose(page: Page, name: str, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})


BAD = {
    "web page": ("letter.pdf", b"<script>alert(1)</script>", "must be a PDF, PNG, JPEG or Word (DOCX) file"),
    "program": ("letter.exe", b"MZ\x00\x01", "must be a PDF, PNG, JPEG or Word (DOCX) file"),
    "macros in Word": (
        "letter.docx",
        zipped(**{"word__document.xml": "<w/>", "word__vbaProject.bin": b"x"}),
        "has macros",
    ),
    "nothing in it": ("letter.pdf", b"", "The selected file is empty"),
    "too large": ("letter.pdf", PDF + b"0" * (11 * 1024 * 1024), "must be smaller than 10 MB"),
}
BAD_LISTS = {
    "macros in Excel": (
        "staff.xlsx",
        zipped(**{"xl__workbook.xml": "<x/>", "xl__vbaProject.bin": b"x"}),
        "has macros",
    ),
    "workbook of nothing": ("staff.xlsm", zipped(**{"xl__workbook.xml": "<x/>"}), "has no rows"),
    "nothing in it": ("staff.csv", b"", "The selected file is empty"),
    "another file": ("staff.csv", PDF, "must be a CSV or Excel (XLSX) file"),
    "other headings": ("staff.csv", b"a,b\n1,2", "Missing: First name"),
}


@pytest.fixture(scope="module")
def bomb() -> tuple[str, bytes, str]:
    """A list that is small until it is unpacked."""
    data = workbook_parts("<sheetData>" + "0" * (70 * 1024 * 1024) + "</sheetData>")
    return "staff.xlsx", data, "unpacks to too much"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_what_is_refused_is_said_the_same(live_portal, open_application, bomb, tmp_path, scripts) -> None:
    page, agency = open_application(f"Refused{scripts}", scripts=scripts)
    live_portal.shell(PROJECT.format(agency=agency))
    for kind, (name, data, said) in BAD.items():
        page.goto(f"/agencies/{agency}/application/documents/")
        page.get_by_label("Policies").check()
        (tmp_path / name).write_bytes(data)  # chosen where it lies, for it may be large
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        page.get_by_role("button", name="Upload document").click()
        expect(page.locator(".error-summary"), kind).to_contain_text(said)
        expect(page.locator(".field-error").first, kind).to_contain_text(said)
        expect(page.get_by_label("Policies"), kind).to_be_checked()
        assert page.title().startswith("Error: "), kind
        if scripts:
            expect(page.locator("[data-error-summary]"), kind).to_be_focused()
    for kind, (name, data, said) in {"zip bomb": bomb, **BAD_LISTS}.items():
        page.goto(f"/agencies/{agency}/application/staff/upload/")
        choose(page, name, data)
        page.get_by_role("button", name="Upload and preview").click()
        expect(page.locator(".error-summary"), kind).to_contain_text(said)
    assert live_portal.shell(FILES.format(agency=agency)) == []


SAID = """() => {
    const place = document.querySelector("[data-upload-said]");
    window.said = [];
    new MutationObserver(() => window.said.push(place.textContent)).observe(place, { childList: true });
}"""


def sends(network: CDPSession, bytes_a_second: int) -> None:
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    network.send("Network.emulateNetworkConditions", limits)


def test_progress_is_shown_and_a_second_click_sends_nothing_twice(live_portal, open_application) -> None:
    page, agency = open_application("Slow")
    page.goto(f"/agencies/{agency}/application/documents/")
    page.get_by_label("Policies").check()
    choose(page, "../../etc/policies.pdf", scan("0" * (2 * 1024 * 1024)))
    page.evaluate(SAID)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sends(network, 250 * 1024)
    button = page.get_by_role("button", name="Upload document")
    button.click()
    button.click(no_wait_after=True)
    expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    while page.evaluate("said.length") < 2:
        page.wait_for_timeout(50)
    sends(network, 1)  # as good as standing still, while the page is looked at
    first, second = page.evaluate("said.slice(0, 2)")
    assert first == "Uploading: 0 % is sent."
    assert re.fullmatch(r"Uploading: [2-9]\d % is sent\.", second)
    assert findings(page) == []
    sends(network, -1)
    expect(page.get_by_text("“policies.pdf” is uploaded.")).to_be_visible()
    assert live_portal.shell(FILES.format(agency=agency)) == ["policies.pdf"]
    page.reload()
    expect(page.get_by_role("link", name="policies.pdf", exact=True)).to_be_visible()


def test_a_lost_connection_is_said_and_the_file_can_be_sent_again(live_portal, open_application) -> None:
    page, agency = open_application("Lost")
    page.goto(f"/agencies/{agency}/application/documents/")
    page.get_by_label("Policies").check()
    choose(page, "policies.pdf", PDF)
    page.context.set_offline(True)
    button = page.get_by_role("button", name="Upload document")
    button.click()
    expect(page.locator("[data-upload-problem]")).to_contain_text("did not arrive")
    page.context.set_offline(False)
    button.click()
    expect(page.get_by_text("“policies.pdf” is uploaded.")).to_be_visible()
    assert live_portal.shell(FILES.format(agency=agency)) == ["policies.pdf"]


def test_a_section_with_a_file_keeps_what_was_typed(live_portal, open_application) -> None:
    page, agency = open_application("Typed")
    page.goto(f"/agencies/{agency}/application/agency/about/")
    page.get_by_label("501(c)(3)").check()
    page.get_by_label("Common name").fill("Harbor")
    page.get_by_label("Employer Identification Number (EIN)").fill("12")
    choose(page, "irs.pdf", PDF)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Common name")).to_have_value("Harbor")
    assert live_portal.shell(FILES.format(agency=agency)) == ["irs.pdf"]
    page.get_by_label("Common name").fill("Harbor House")
    expect(page.locator("[data-autosave-said]")).to_contain_text("is kept")
    page.goto(f"/agencies/{agency}/application/documents/")  # the same document
    expect(page.get_by_role("link", name="irs.pdf", exact=True)).to_be_visible()
