"""A file is opened to its end before it is kept: locked, cut off and false ones are refused with what to do."""

import io
from importlib import import_module

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pillow_heif import register_heif_opener

from hmis_portal.forms import UploadField
from tests.hmis_portal.files.case_files import case
from tests.scans import JPEG, LOCKED, NO_PAGE, PDF, PNG, RESTRICTED, docx, picture

CANNOT = "cannot be opened: it may be damaged or cut off"
MUST_BE = "must be a PDF, PNG, JPEG or Word (DOCX) file"


def kept(name, data):
    return UploadField().clean(SimpleUploadedFile(name, data))


def bomb():
    """Few bytes, 144 million pixels."""
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("letter.pdf", lambda: case("p31-locked.pdf"), "is locked with a password or restricted"),
        ("letter.pdf", lambda: LOCKED, "is locked with a password or restricted"),
        ("owner.pdf", lambda: RESTRICTED, "is locked with a password or restricted"),
        ("letter.pdf", lambda: case("p31-cut.pdf"), CANNOT),
        ("letter.pdf", lambda: case("p31-not-a-pdf.pdf"), CANNOT),
        ("letter.pdf", lambda: NO_PAGE, "has no page"),
        ("letter.pdf", lambda: b"%PDF-1.7 " + PNG, CANNOT),
        ("photo.png", lambda: PNG[:-900], CANNOT),
        ("photo.png", lambda: PNG[:-12], CANNOT),
        ("photo.png", lambda: PNG[:8] + b"0" * 400, CANNOT),
        ("photo.png", bomb, "must have 100 million pixels or fewer"),
        ("photo.jpg", lambda: JPEG[:-900], CANNOT),
        ("photo.jpg", lambda: b"\xff\xd8\xff\xe0" + b"0" * 400, CANNOT),
        ("photo.gif", lambda: picture("GIF"), MUST_BE),
        ("photo.jpg", lambda: picture("GIF"), MUST_BE),
        ("photo.pdf", lambda: PNG, MUST_BE),
        ("letter.docx", lambda: docx(**{"word/document.xml": "<w/>"}), CANNOT),
        ("letter.docx", lambda: docx(**{"word/document.xml": "<html"}), CANNOT),
        ("letter.docx", lambda: docx()[:-300] + docx()[-300:].replace(b"body", b"bods"), CANNOT),
        ("letter.docx", lambda: case("p05-zip-version.docx"), MUST_BE),
        ("photo.heic", lambda: case("p31-photo.heic")[:900], "Send it as JPEG: on an iPhone, choose Settings"),
        ("photo.pdf", lambda: case("p31-photo.heic"), MUST_BE),
    ],
)  # fmt: skip
def test_what_does_not_open_is_refused_with_what_to_do(name, data, said):
    with pytest.raises(ValidationError) as refused:
        kept(name, data())
    assert said in refused.value.messages[0]


@pytest.mark.parametrize(
    ("name", "data", "kind", "named"),
    [
        ("letter.pdf", PDF, "pdf", "letter.pdf"),
        ("letter.docx", docx(), "docx", "letter.docx"),
        ("cmyk.jpg", picture("JPEG", "CMYK"), "jpeg", "cmyk.jpg"),
        ("two.jpg", picture("MPO", save_all=True), "jpeg", "two.jpg"),
        ("grey.png", picture("PNG", "L"), "png", "grey.png"),
        ("saved as.JPG", PNG, "png", "saved as.png"),
        ("saved as.png", JPEG, "jpeg", "saved as.jpg"),
    ],
)
def test_what_opens_is_kept_as_it_is_under_the_name_of_what_it_is(name, data, kind, named):
    file = kept(name, data)
    assert (file.content_kind, file.name, file.read()) == (kind, named, data)


def test_an_iphone_photo_is_kept_as_a_jpeg():
    for name in ("IMG 1.HEIC", "IMG 1.jpg"):
        file = kept(name, case("p31-photo.heic"))
        assert (file.content_kind, file.name) == ("jpeg", "IMG 1.jpg")
        assert file.size == len(file.read())
        photo = Image.open(file)
        assert (photo.format, photo.size) == ("JPEG", (48, 48))


@pytest.mark.parametrize("turned_by", ["its own mark and EXIF", "EXIF alone"])
def test_an_iphone_photo_taken_upright_is_upright_and_does_not_say_where_it_was_taken(turned_by):
    register_heif_opener()
    lying = Image.new("RGB", (160, 80), "white")
    lying.paste("red", (0, 0, 80, 80))
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter to the right: what lies at the left stands above
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    lying.save(out, "HEIF", exif=exif if turned_by == "EXIF alone" else exif.tobytes())
    assert (b"irot" in out.getvalue()) == (turned_by != "EXIF alone")
    photo = Image.open(kept("photo.heic", out.getvalue()))
    assert photo.size == (80, 160)
    red, green, _blue = photo.getpixel((40, 20))
    assert red > 200 > 60 > green
    assert min(photo.getpixel((40, 140))) > 200
    assert not photo.getexif()


@pytest.mark.django_db
def test_every_field_of_a_file_opens_what_it_keeps(cast):
    """What only reads a file keeps none: the verifier, the roster, what was done in the HMIS and its list of users, a file of the register."""
    from onboarding.forms.readiness.fields import part_field
    from onboarding.models import ReadinessQuestion
    from onboarding.readiness import rules

    rules.load()
    import_module(settings.ROOT_URLCONF)
    fields = {}
    for form in _subclasses(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, forms.FileField):
                fields[f"{form.__name__}.{name}"] = field
    for question in ReadinessQuestion.objects.all():
        for part, given in question.parts.items():
            if part == "file":
                fields[f"question {question.number}"] = part_field(
                    question, part, given, answer="", filenames=[]
                )
    assert all(isinstance(field, UploadField) for field in fields.values()), fields
    unopened = {name for name, field in fields.items() if not field.scan}
    assert unopened == {
        "FileForm.file", "StaffFileForm.file", "AnswersForm.file", "UserListForm.file", "RegisterFileForm.file"
    }  # fmt: skip
    assert {
        "AgencyForm.proof",
        "UploadForm.file",
        "EvidenceForm.file",
        "PaperForm.file",
        "question 29",
    } <= set(fields)


def _subclasses(cls):
    for one in cls.__subclasses__():
        if one.__module__.split(".")[0] in ("hmis_portal", "agencies", "training", "onboarding"):
            yield one
        yield from _subclasses(one)
