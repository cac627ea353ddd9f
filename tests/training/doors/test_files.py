"""A file of results: its columns are said once, it is tried without effect, looked at, and recorded as it was shown."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from hmis_portal.files import tables
from hmis_portal.models import AuditEvent, Message
from hmis_portal.web.errors import WrongState
from tests.factories import UserFactory
from training import services
from training.doors import files, importing
from training.models import Completion, Door, DoorRun, HeldResult, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_november")]
HEADINGS = "Learner,User ID,E-mail,Course,Finished on,Grade,Result"
COLUMNS = {
    "email": "E-mail", "account": "User ID", "name": "Learner", "course": "Course", "completed": "Finished on",
    "score": "Grade", "result": "Result",
}  # fmt: skip


def rows_of(cast):
    return [
        HEADINGS,
        f"Sasha Staff,sasha,{cast.staff.email},privacy-security,2026-11-02,90%,Passed",
        ",,,,,,",
        f"Chris C,chris,{cast.coordinator.email.upper()},Privacy and security awareness,November 3 2026,70,Failed",
        "Nobody,nobody,nobody@nowhere.example,privacy-security,2026-11-02,95,Passed",
        f"Dana D,dana,{cast.director.email},privacy-security,03/04/2026,95,Passed",
        f"Sam S,sam,{cast.signatory.email},privacy-security,2026-11-23,95,Passed",
        f"Sam S,sam,{cast.signatory.email},privacy-security,2026-11-02,,In Progress",
    ]


def csv_file(rows, name="results.csv", encoding="utf-8"):
    return SimpleUploadedFile(name, "\r\n".join(rows).encode(encoding), content_type="text/csv")


def look(client, upload):
    return client.get(reverse("admin:training_upload_look", args=[upload.pk]), follow=True)


def sent(client, file, commits, **source):
    """Upload it; returns the upload and what the person sees then."""
    with commits():
        source = source or {"new_door": "LMS export"}
        page = client.post(reverse("admin:training_upload_new"), {"file": file, **source})
    upload = Upload.objects.order_by("-pk").first()
    return upload, look(client, upload) if upload else page


def said(client, upload, commits, **changes):
    typed = {f"column_{name}": heading for name, heading in COLUMNS.items()}
    with commits():
        page = client.post(reverse("admin:training_upload_columns", args=[upload.pk]), {**typed, **changes})
    return look(client, upload) if page.status_code == 302 else page


def confirmed(client, upload, commits, page):
    stamp = page.context["form"]["seen"].value()
    with commits():
        client.post(reverse("admin:training_upload_look", args=[upload.pk]), {"seen": stamp})
    upload.refresh_from_db()
    return client.get(reverse("admin:training_upload_look", args=[upload.pk]))


def test_28_it_is_tried_without_effect_looked_at_and_recorded(opened, course, commits):
    client = opened.client("trainer")
    upload, page = sent(client, csv_file(rows_of(opened)), commits)
    assert f"E-mail ({opened.staff.email})" in page.text
    assert (
        page.context["form"]["column_completed"].value() is None
    )  # "Finished on" is no heading that is known
    assert "Choose the column of the day" in said(client, upload, commits, column_completed="").text
    page = said(client, upload, commits)
    assert not any(model.objects.exists() for model in (Completion, HeldResult, DoorRun))
    assert not Message.objects.filter(name="training/not_passed").exists()
    for words in (
        "5: Nobody · nobody · nobody@nowhere.example",
        "Nobody here has this account or address.",
        "“03/04/2026” can be read as March 4, 2026 or as April 3, 2026.",
        "Enter a date of completion that is not in the future.",
        "It says “In Progress”: nothing was completed.",
        "Record 2 results",
    ):
        assert words in page.text, words
    page = confirmed(client, upload, commits, page)
    assert upload.state == "done"
    assert "These results are recorded." in page.text
    assert set(Completion.objects.values_list("person", "passed", "source", "recorded_by")) == {
        (opened.staff.pk, True, "import", opened.trainer.pk), (opened.coordinator.pk, False, "import", opened.trainer.pk),
    }  # fmt: skip
    assert HeldResult.objects.get().who == "Nobody · nobody@nowhere.example · nobody"
    run = DoorRun.objects.get()
    assert (run.came, run.recorded, run.held, run.refused, run.left_out) == (6, 2, 1, 2, 1)
    assert AuditEvent.objects.get(verb="results received").actor == opened.trainer


def test_28_what_was_only_tried_gives_no_worker_anything_to_do(
    opened, course, commits, django_capture_on_commit_callbacks
):
    client = opened.client("trainer")
    upload, _page = sent(client, csv_file(rows_of(opened)), commits)
    said(client, upload, commits)
    upload.refresh_from_db()
    importing.say_columns(upload, by=opened.trainer)
    with django_capture_on_commit_callbacks() as waiting:
        importing.work(upload.pk)
    assert waiting == []  # not even the delivery of the message about the failed test, which is not there


def test_28_it_is_not_recorded_when_it_would_do_another_thing_now(opened, course, commits):
    client = opened.client("trainer")
    upload, _page = sent(client, csv_file(rows_of(opened)), commits)
    page = said(client, upload, commits)
    UserFactory(email="nobody@nowhere.example")
    page = confirmed(client, upload, commits, page)
    assert "Nothing was recorded: what the file would do has changed" in page.text
    assert not Completion.objects.exists()
    assert "Record 3 results" in page.text
    confirmed(client, upload, commits, page)
    assert Completion.objects.count() == 3
    with pytest.raises(WrongState, match="in another state now"):
        importing.confirm(upload, by=opened.trainer, seen="x")


def test_29_text_that_begins_like_a_formula_comes_back_as_it_was_and_runs_nowhere():
    typed = ["=2+3", "=> see Ana's e-mail", "=cmd|'/c calc'!A1", "@home", "-", "plain"]
    head = ["Work e-mail", *(f"Remark {place}" for place in range(len(typed)))]
    data = tables.csv_bytes([])  # the mark of UTF-8 alone
    data += "\r\n".join([",".join(head), ",".join(["ana@bugs.example", *typed])]).encode()
    for _again in range(3):
        table = tables.read(SimpleUploadedFile("results.csv", data), "csv", files.known)
        assert table.rows[1][1:7] == typed
        data = tables.csv_bytes(files.error_rows(table, ["Nobody here has this account or address."]))
        cells = data.decode("utf-8-sig").splitlines()[1].split(",")
        assert not [cell for cell in cells if cell.lstrip('"').startswith(("=", "@", "-"))]


def test_29_the_file_with_errors_is_mended_and_uploaded_again(opened, course, commits):
    client = opened.client("trainer")
    upload, _page = sent(client, csv_file(rows_of(opened)), commits)
    confirmed(client, upload, commits, said(client, upload, commits))
    answer = client.get(reverse("admin:training_upload_errors", args=[upload.pk]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == f"{HEADINGS},Errors"
    assert len(lines) == 8  # the blank row keeps its place
    assert "Nobody here has this account" in lines[4]
    mended = [line.replace("03/04/2026", "2026-03-04").replace("2026-11-23", "2026-11-20") for line in lines]
    again, page = sent(client, csv_file(mended), commits, door=upload.door_id)
    assert again.state == "checked"  # the columns are remembered
    assert "Record 2 results" in page.text
    assert "Already known" in page.text
    confirmed(client, again, commits, page)
    assert Completion.objects.count() == 4
    assert HeldResult.objects.count() == 1
    _same, page = sent(client, csv_file([HEADINGS, rows_of(opened)[1]]), commits, door=upload.door_id)
    assert "Close this file: it has nothing new" in page.text


def test_25_a_known_result_with_another_score_is_told_and_corrected_by_hand(opened, course, commits):
    client = opened.client("trainer")
    lines = [f"{HEADINGS},Result id", f"{rows_of(opened)[1]},r-1"]
    upload, _page = sent(client, csv_file(lines), commits)
    confirmed(client, upload, commits, said(client, upload, commits, column_external_id="Result id"))
    recorded = Completion.objects.get()
    better = csv_file([lines[0], lines[1].replace("90%", "95%")])
    _again, page = sent(client, better, commits, door=upload.door_id)
    assert "void it and enter the result by hand." in page.text
    services.void(recorded, by=opened.admin, reason="Graded anew")
    better.seek(0)
    _again, page = sent(client, better, commits, door=upload.door_id)
    assert "It was recorded before and then voided." in page.text
    by_hand = services.Result(person=opened.staff, course=course, completed_on=dt.date(2026, 11, 2), score=95)
    assert not services.record_completion(by_hand, by=opened.trainer).known


def test_31_the_order_of_days_is_chosen_for_the_file_and_remembered(opened, course, commits):
    client = opened.client("trainer")
    upload, _page = sent(client, csv_file(rows_of(opened)), commits)
    page = said(client, upload, commits, date_order="dmy")
    assert "can be read as" not in page.text
    confirmed(client, upload, commits, page)
    assert Completion.objects.get(person=opened.director).completed_on == dt.date(2026, 4, 3)
    assert Door.objects.get().date_order == "dmy"


def workbook(cast, *, day=None, change=None):
    book = Workbook()
    sheet = book.active
    sheet.append(HEADINGS.split(","))
    sheet.append(
        ["S", "s", cast.staff.email, "privacy-security", day or dt.datetime(2026, 11, 2), 0.9, "Passed"]
    )
    if change:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("results.xlsx", out.getvalue())


def since_1904(book, sheet):
    book.epoch = CALENDAR_MAC_1904


def hidden(book, sheet):
    book.create_sheet("Earlier").sheet_state = "hidden"


def merged(book, sheet):
    sheet.merge_cells("A1:B1")


def formula(book, sheet):
    sheet["F2"] = "=A1+1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "Record 1 result"),
        (since_1904, "Record 1 result"),
        (hidden, "Hidden sheets are not read: “Earlier”."),
        (
            merged,
            "The heading in B1 of the selected file is merged with A1. Unmerge the cells and fill in each.",
        ),
        (formula, "F2 contains a formula that was not calculated."),
    ],
)
def test_30_workbooks_of_every_kind(opened, course, commits, change, words):
    client = opened.client("trainer")
    upload, page = sent(client, workbook(opened, change=change), commits)
    if upload is not None:
        page = said(client, upload, commits)
    assert words in page.text
    if "Record" in words:
        confirmed(client, upload, commits, page)
        row = Completion.objects.get()
        assert (row.completed_on, row.score) == (dt.date(2026, 11, 2), 90)


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8-sig", ","), ("utf-16", ","), ("utf-16-le", "\t"), ("cp1252", ";")]
)
def test_30_csv_files_of_every_kind(opened, course, encoding, mark):
    line = mark.join(["Renée", opened.staff.email, "privacy-security", "2026-11-02", "90"])
    file = csv_file(
        [mark.join(["Name", "E-mail", "Course", "Completed on", "Score"]), line], encoding=encoding
    )
    table = tables.read(file, "csv", files.known, most_rows=files.MOST_ROWS)
    found = files.guess(table.rows[0], {})
    assert set(found) == {"name", "email", "course", "completed", "score"}
    assert [row.attempt.name for row in files.attempts(table, found, files.Order.UNKNOWN, None)] == ["Renée"]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("90", 90), ("79.9", 79), ("92%", 92), ("0.92", 92), ("92,5 %", 92), ("46/50", 92), ("18 out of 20", 90), ("100", 100),
        ("0", 0), ("", None), ("-", None), ("1", "can be read as 1 percent"), ("101", "no score"), ("-5", "no score"),
        ("A+", "no score"), ("5/0", "no score"), ("1%", 1), ("0.57", 57), ("29/100", 29),
        (f"{'9' * 400}/{'9' * 400}", "no score"),
    ],
)  # fmt: skip
def test_scores_are_whole_percent_and_never_rounded_up(text, score):
    number, wrong = files.score_of(text)
    assert score in wrong if isinstance(score, str) else (number, wrong) == (score, "")


@pytest.mark.parametrize("numbered", [True, False])  # files of the first days keep no numbers
def test_a_large_file_is_read_in_parts(opened, numbered):
    whole = tables.Table(
        [["E-mail", "Score"], *([f"p{number}@a.example", str(number)] for number in range(1, 8))],
        [3, 5, 6, 7, 9, 10, 11, 12] if numbered else [*range(1, 9)],
        [(3, 1, "is shortened"), (7, 0, "is merged")],
    )
    stored = {**whole.kept(), **({} if numbered else {"numbers": None})}
    door = Door.objects.create(name="LMS", kind=Door.Kind.FILE)
    upload = Upload.objects.create(
        door=door, name="a.csv", kind="csv", table=stored, uploaded_by=opened.trainer
    )
    parts = list(upload.parts(3))
    assert [len(part.rows) for part in parts] == [4, 4, 2]
    assert [part.rows[0] for part in parts] == [whole.rows[0]] * 3
    assert [row for part in parts for row in part.rows[1:]] == whole.rows[1:]
    assert [number for part in parts for number in part.numbers[1:]] == whole.numbers[1:]
    doubts = [part.cell(place, column) + what for part in parts for place, column, what in part.doubts]
    assert doubts == [whole.cell(place, column) + what for place, column, what in whole.doubts]


def test_a_worker_that_was_lost_is_made_up_for_and_who_may(opened, course, commits, time_machine):
    client = opened.client("trainer")
    upload, _page = sent(client, csv_file(rows_of(opened)), commits)
    upload.columns = COLUMNS
    importing.say_columns(upload, by=opened.trainer)  # its task is lost with the transaction of the test
    assert "is being checked" in client.get(reverse("admin:training_upload_look", args=[upload.pk])).text
    time_machine.move_to("2026-11-22T16:05:00Z")
    importing.sweep()
    upload.refresh_from_db()
    assert upload.state == "checked"
    for page in ("look", "columns", "errors"):
        assert (
            opened.client("auditor")
            .get(reverse(f"admin:training_upload_{page}", args=[upload.pk]))
            .status_code
            == 403
        )
    client.post(reverse("admin:training_upload_look", args=[upload.pk]), {"drop": "yes", "seen": "x"})
    upload.refresh_from_db()
    assert upload.state == "dropped"
    assert not services.record_completion(
        services.Result(person=opened.staff, course=course, completed_on=dt.date(2026, 11, 2), score=90),
        by=opened.trainer,
    ).known
