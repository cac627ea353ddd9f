"""Files of the IRS register: taken as they are published, refused when they lie, and whole or not there at all."""

import datetime as dt
import hashlib
import tracemalloc
from itertools import chain

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from agencies.models import RegisterEntry, RegisterLoad, RegisterPiece
from agencies.register import formats, loading
from hmis_portal.celery import UPLOADS_QUEUE, app
from hmis_portal.models import AuditEvent
from hmis_portal.running import pulse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
HEADINGS = (
    "EIN,NAME,ICO,STREET,CITY,STATE,ZIP,GROUP,SUBSECTION,AFFILIATION,CLASSIFICATION,RULING,DEDUCTIBILITY,FOUNDATION,"
    "ACTIVITY,ORGANIZATION,STATUS,TAX_PERIOD,ASSET_CD,INCOME_CD,FILING_REQ_CD,PF_FILING_REQ_CD,ACCT_PD,ASSET_AMT,"
    "INCOME_AMT,REVENUE_AMT,NTEE_CD,SORT_NAME"
)
DAY = dt.date(2026, 11, 10)
UPLOAD = "admin:agencies_registerload_upload"


def exempt(number, name="HARBOR HOUSE INC", other=""):
    return (
        f"{number:09d},{name},% JANE DOE,1 MAIN ST,HARTFORD,CT,06103-0001,0000,03,3,1000,199304,1,15,000000000,1,01,"
        f"202312,4,4,01,0,12,100,100,100,L41,{other}"
    )


def revoked(number, day="15-MAY-2010", again=""):
    return f'{number:09d}|THE "OLD" HOUSE||1 MAIN ST|HARTFORD|CT|06103|US|03|{day}|09-JUN-2011|{again}'


def file_of(count=1200, make=exempt, first=HEADINGS):
    """As the IRS writes it: lines end with CR LF."""
    return "\r\n".join([first, *(make(10_000_000 + number) for number in range(count)), ""]).encode()


def load(data, by, *, may_shrink=False, size=100_000):
    row = RegisterLoad(name="eo_ct.csv", of_day=DAY, loaded_by=by, may_shrink=may_shrink)
    loading.load(row, [(data[start : start + size] for start in range(0, len(data), size))])
    return row


def sent(client, data, name="eo_ct.csv", **more):
    day = {"of_day_month": "11", "of_day_day": "10", "of_day_year": "2026"}
    return client.post(reverse(UPLOAD), {"file": SimpleUploadedFile(name, data), **day, **more})


def test_a_worker_that_loads_a_large_file_is_not_silent(cast, client_of, monkeypatch):
    said = []
    monkeypatch.setattr(loading, "PIECE", 50_000)
    monkeypatch.setattr(pulse, "say", said.append)
    sent(client_of(cast.admin), file_of())
    assert said == [pulse.Program.UPLOADS] * 4


def test_an_admin_loads_a_file_and_the_next_takes_its_place(cast, client_of):
    client = client_of(cast.admin)
    data = file_of()
    assert sent(client, data).status_code == 302
    row = RegisterLoad.objects.get()
    assert (row.kind, row.state, row.rows) == ("exempt", "stands", 1200)
    assert (row.of_day, row.loaded_by, row.sha256) == (DAY, cast.admin, hashlib.sha256(data).hexdigest())
    event = AuditEvent.objects.get(verb="loaded register")
    assert (event.actor, event.data["rows"], event.agency_id) == (cast.admin, 1200, None)
    assert not RegisterPiece.objects.exists()
    first = RegisterEntry.objects.get(ein="010000000")
    assert (first.name, first.city, first.region) == ("HARBOR HOUSE INC", "HARTFORD", "CT")
    assert (first.status, first.subsection, first.revoked_on) == ("01", "3", None)

    assert sent(client, file_of(1300)).status_code == 302
    row.refresh_from_db()
    assert row.state == "replaced"
    assert RegisterEntry.objects.count() == 1300
    assert not RegisterEntry.objects.filter(load=row).exists()
    loading.work(row.pk)
    loading.sweep()
    assert RegisterEntry.objects.count() == 1300, "done is done"
    page = client.get(reverse("admin:agencies_registerload_changelist")).content.decode()
    assert "Used for checks" in page
    assert "Replaced by a later file" in page
    assert sent(client_of(cast.auditor), data).status_code == 403
    assert "/login/" in sent(client_of(cast.director), data)["Location"]
    assert RegisterLoad.objects.count() == 2


def test_revocations_stand_beside_the_exempt_organizations(cast):
    load(file_of(), cast.admin)
    data = (
        file_of(1000, revoked, first="") + b"999999999|CAF\xc9|D\xc9J\xc0|||||US|04|01-jan-2020||2-FEB-2022\n"
    )
    row = load(data, cast.admin)
    assert (row.kind, row.rows) == ("revoked", 1001)
    assert RegisterEntry.objects.count() == 2201
    odd = RegisterEntry.objects.get(ein="999999999")
    assert (odd.name, odd.other_name, odd.subsection) == ("CAFÉ", "DÉJÀ", "4")
    assert (odd.revoked_on, odd.posted_on) == (dt.date(2020, 1, 1), None)
    assert odd.reinstated_on == dt.date(2022, 2, 2)
    assert RegisterEntry.objects.filter(load=row, name='THE "OLD" HOUSE').count() == 1000


def test_headings_in_front_and_columns_that_end_with_a_bar_are_understood():
    shape = formats.shape_of("|".join(formats.REVOKED).encode() + b"\n")
    (row,) = formats.rows([b"EIN|" + b"x|" * 10 + b"x\n", revoked(1).encode() + b"|\n"], shape)
    assert row.ein == "000000001"
    quoted = exempt(7, '"HOUSE, THE ""GOOD"" ONE"', "THE HOUSE") + "\n"
    (row,) = formats.rows([f"{HEADINGS}\n{quoted}".encode()], formats.shape_of(HEADINGS.encode()))
    assert (row.name, row.other_name) == ('HOUSE, THE "GOOD" ONE', "THE HOUSE")


@pytest.mark.parametrize("cut", [1, 2])
def test_a_last_line_without_a_line_break_counts_when_it_is_whole(cut):
    data = file_of(2)[:-cut]
    assert len(list(formats.rows([data], formats.shape_of(data)))) == 2
    listed = f"{revoked(1)}\n{revoked(2)}".encode()
    assert len(list(formats.rows([listed], formats.shape_of(listed)))) == 2
    for ends in (b"01-JAN", b"01-JAN-20X", b"1-"):
        with pytest.raises(formats.NotTheFile, match="is cut off in line 2"):
            list(formats.rows([listed + ends], formats.shape_of(listed)))


def test_a_file_that_lies_is_refused_with_a_sentence_and_the_old_one_stays(cast):
    stands = load(file_of(), cast.admin)
    whole = file_of(1100)
    lies = {
        "neither the IRS’s list": b"Name,Street\nHarbor House,1 Main Street\n",
        "is cut off in line 1101": whole[:-5],
        "Line 1102 has 3 columns, where 28 belong": whole + b"010000001,HOUSE,CT\n",
        "zeros at the beginning": file_of(1100, lambda number: exempt(number).lstrip("0")),
        "Line 1102 is not text": whole + exempt(5, "HOUSE\x00").encode() + b"\n",
        "has 999 rows": file_of(999),
        "the one before has 1200": None,
    }
    for words, data in lies.items():
        if data is None:
            stands = load(file_of(2400), cast.admin)
            data, words = file_of(1199), "the one before has 2400"
        with pytest.raises(formats.NotTheFile) as refused:
            load(data, cast.admin)
        assert words in str(refused.value)
        assert RegisterLoad.objects.get(state="stands").pk == stands.pk
        assert RegisterEntry.objects.count() == stands.rows
    assert load(file_of(1199), cast.admin, may_shrink=True).rows == 1199


def test_the_page_says_what_is_wrong_with_a_file(cast, client_of):
    client = client_of(cast.admin)
    page = sent(client, b"PK\x03\x04" + bytes(200), "data-download-revocation.zip")
    assert page.status_code == 422
    assert "unpack it first" in page.content.decode()
    page = sent(client, b"Name,Street\n")
    assert page.status_code == 422
    assert "This is neither" in page.content.decode()
    page = sent(client, file_of(), of_day_year="2999")
    assert "must not be in the future" in page.content.decode()
    assert not RegisterLoad.objects.exists()
    assert sent(client, file_of(1100)[:-3]).status_code == 302, "the worker reads it to its end"
    row = RegisterLoad.objects.get()
    assert (row.state, row.rows) == ("refused", 0)
    page = client.get(reverse("admin:agencies_registerload_change", args=[row.pk])).content.decode()
    assert "is cut off in line 1101: download it again" in page
    assert not RegisterPiece.objects.exists()
    assert not RegisterEntry.objects.exists()


def test_no_mail_waits_behind_a_large_file():
    assert app.conf.task_routes["agencies.tasks.load_register"] == {"queue": UPLOADS_QUEUE}


def test_one_that_stops_in_the_middle_leaves_what_stood(cast):
    stands = load(file_of(), cast.admin)

    def stopped():
        yield file_of(loading.AT_ONCE + 10)
        assert RegisterEntry.objects.count() > stands.rows, "so many rows were written already"
        raise KeyboardInterrupt

    row = RegisterLoad(name="eo_ct.csv", of_day=DAY, loaded_by=cast.admin)
    with pytest.raises(KeyboardInterrupt):
        loading.load(row, [stopped()])
    assert RegisterLoad.objects.get().pk == stands.pk
    assert RegisterEntry.objects.count() == stands.rows


def test_memory_does_not_grow_with_the_rows(cast, monkeypatch):
    monkeypatch.setattr(loading, "AT_ONCE", 500)

    def peak(count):
        lines = (f"{exempt(number)}\n".encode() for number in range(10_000_000, 10_000_000 + count))
        row = RegisterLoad(name="eo.csv", of_day=DAY, loaded_by=cast.admin)
        tracemalloc.start()
        try:
            loading.load(row, [chain([f"{HEADINGS}\n".encode()], lines)])
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(1_000)
    assert peak(5_000) < 1.3 * few


def test_the_command_loads_one_list_in_several_parts(cast, tmp_path, capsys):
    parts = [tmp_path / "eo1.csv", tmp_path / "eo2.csv"]
    parts[0].write_bytes(file_of(700))
    parts[1].write_bytes(file_of(500))
    day = {"day": DAY, "by": cast.admin.email}
    call_command("load_register", *parts, **day)
    assert "1200 rows" in capsys.readouterr().out
    row = RegisterLoad.objects.get()
    assert (row.name, row.rows, row.state) == ("eo1.csv, eo2.csv", 1200, "stands")
    (tmp_path / "other.txt").write_bytes(file_of(700, revoked, first=""))
    for files, more, words in (
        ([parts[0], tmp_path / "other.txt"], day, "of two different lists"),
        ([tmp_path / "none.csv"], day, "cannot be read"),
        (parts, {**day, "by": cast.director.email}, "is no HMIS Admin"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("load_register", *files, **more)
    assert RegisterLoad.objects.get().rows == 1200
