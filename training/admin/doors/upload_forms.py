"""Forms of a file of results: the file and its source, what its columns are, and the last word."""

from collections import defaultdict

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.files.tables import Table
from hmis_portal.forms import Fieldset, PortalFormMixin, UploadField
from training.doors.files import COLUMNS, ERRORS, PERSON, guess
from training.doors.moments import Order
from training.models import Course, Door, Upload

SURE = "sure"
ORDERS = [
    (SURE, _("In a way that cannot be misread, such as 2026-03-04 or March 4, 2026")),
    (Order.MONTH_FIRST, _("Month first: 03/04/2026 is March 4")),
    (Order.DAY_FIRST, _("Day first: 03/04/2026 is April 3")),
    (Order.YEAR_FIRST, _("Year first, also where it has two digits: 26/03/04 is March 4, 2026")),
]


class UploadForm(PortalFormMixin, forms.Form):
    submit_label = _("Upload and look at it")
    hide_optional = True
    required_messages = {"file": _("Select the file with the results")}
    door = forms.ModelChoiceField(
        label=_("Source"), required=False, queryset=Door.objects.filter(kind=Door.Kind.FILE, active=True)
    )
    new_door = forms.CharField(
        label=_("A new source"), required=False, max_length=100,
        help_text=_("Where the file comes from. What its columns mean is asked once for each source."),
    )  # fmt: skip
    file = UploadField(
        kinds=("csv", "xlsx"), scan=False, label=_("File"),
        help_text=_("CSV or Excel (XLSX), smaller than 10 MB, up to 10,000 rows. Nothing is recorded yet."),
    )  # fmt: skip

    def clean_new_door(self) -> str:
        name = " ".join(self.cleaned_data["new_door"].split())
        if name and Door.objects.filter(name__iexact=name).exists():
            raise ValidationError(_("There is a source of this name. Choose it above"))
        return name

    def clean(self) -> None:
        if (
            bool(self.cleaned_data.get("door")) == bool(self.cleaned_data.get("new_door"))
            and "new_door" not in self.errors
        ):
            self.add_error("door", _("Choose the source of the file, or name a new one"))

    def get_door(self) -> Door:
        door: Door | None = self.cleaned_data["door"]
        return door or Door.objects.create(name=self.cleaned_data["new_door"], kind=Door.Kind.FILE)


class ColumnsForm(PortalFormMixin, forms.Form):
    """Which heading is what; each offers a value of the file, so that a number is not taken for another."""

    submit_label = _("Check the file")
    hide_optional = True
    course = forms.ModelChoiceField(
        label=_("One course for the whole file"),
        required=False,
        queryset=Course.objects.exclude(passes_with=Course.PassesWith.SIGNATURE),
        help_text=_("Where no column has it."),
    )
    date_order = forms.ChoiceField(
        label=_("How the file writes days"), required=False, choices=ORDERS, widget=forms.RadioSelect
    )

    def __init__(self, *args: object, upload: Upload, table: Table, **kwargs: object) -> None:
        columns = upload.columns or guess(table.rows[0], upload.door.columns)
        order = upload.date_order or upload.door.date_order
        initial = {f"column_{name}": heading for name, heading in columns.items()}
        kwargs.setdefault("initial", {**initial, "course": upload.course, "date_order": order or SURE})
        super().__init__(*args, **kwargs)
        choices = [("", gettext("(none)")), *_headings(table)]
        for name, label in COLUMNS.items():
            self.fields[f"column_{name}"] = forms.ChoiceField(label=label, required=False, choices=choices)

    def get_layout(self) -> list[object]:
        who, what = (*PERSON, "name"), ("completed", "score", "result", "external_id")
        return [
            Fieldset(gettext("Who"), *(f"column_{name}" for name in who)),
            Fieldset(gettext("What"), "column_course", "course"),
            Fieldset(gettext("Result"), *(f"column_{name}" for name in what), "date_order"),
        ]

    @property
    def order(self) -> Order:
        order = self.cleaned_data["date_order"]
        return Order.UNKNOWN if order in (SURE, "") else Order(order)

    @property
    def columns(self) -> dict[str, str]:
        named = {name: self.cleaned_data.get(f"column_{name}", "") for name in COLUMNS}
        return {name: heading for name, heading in named.items() if heading}

    def clean(self) -> None:
        used: dict[str, list[str]] = defaultdict(list)
        for name, heading in self.columns.items():
            used[heading].append(name)
        for names in used.values():
            if len(names) > 1:
                self.add_error(f"column_{names[1]}", _("Choose each column once"))
        if not any(name in self.columns for name in PERSON):
            self.add_error("column_email", _("Choose the column of the address, the account or the number"))
        if "course" not in self.columns and not self.cleaned_data.get("course"):
            self.add_error("column_course", _("Choose the column of the course, or one course below"))
        if "completed" not in self.columns:
            self.add_error("column_completed", _("Choose the column of the day of completion"))


def _headings(table: Table) -> list[tuple[str, str]]:
    """Each heading once, with a value that stands under it."""
    shown = []
    headings = [heading for heading in table.rows[0] if heading and heading != str(ERRORS)]
    for heading in dict.fromkeys(headings):
        place = table.rows[0].index(heading)
        values = (row[place] for row in table.rows[1:50] if place < len(row) and row[place])
        example = next(values, "")[:40]
        shown.append((heading, f"{heading} ({example})" if example else heading))
    return shown


class ConfirmForm(PortalFormMixin, forms.Form):
    """The last word on what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    extra_buttons = (("drop", "yes", _("Drop this file")),)

    def __init__(self, *args: object, results: int, held: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if results:
            self.submit_label = ngettext("Record %(count)d result", "Record %(count)d results", results) % {
                "count": results
            }
        elif held:
            self.submit_label = ngettext("Hold %(count)d result", "Hold %(count)d results", held) % {
                "count": held
            }
        else:
            self.submit_label = gettext("Close this file: it has nothing new")
