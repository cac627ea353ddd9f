"""Nothing that a person reads is left out of the catalog, and what is in it changes pages, papers and scripts."""

import re
from pathlib import Path

import pytest

from tests.texts import python, templates

ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def test_python_says_nothing_unmarked() -> None:
    found = [one for path in python.files() for one in python.unmarked(str(path), path.read_text())]
    assert not found, "\n".join(map(str, found))


def test_templates_say_nothing_unmarked() -> None:
    found = [one for path in templates.files() for one in templates.unmarked(str(path), path.read_text())]
    assert not found, "\n".join(map(str, found))


def test_makemessages_collects_every_marked_word(collected: set[str]) -> None:
    """An alias or an odd way to call gettext would be marked for us and unseen by it."""
    marked = {words for path in python.files() for words in python.marked(path.read_text())}
    assert len(marked) > 1000
    assert {words.translate(ESCAPES) for words in marked} - collected == set()


@pytest.mark.parametrize(
    "source",
    [
        'messages.success(request, "Saved")',
        'raise GuardFailed("Sign the agreement first.")',
        'raise ValidationError(f"Enter {name} once more")',
        'form.add_error("name", "Wrong")',
        'name = forms.CharField(label="Name")',
        'class Kind(models.TextChoices):\n    ONE = "one", "One"',
        'said = "The file is sealed."',
        'said = _lazy("The file is sealed.")',
        'said = _(f"{name} is sealed.")',
        'html = format_html("<p>The file is {}</p>", word)',
        'submit_label = "Send"',
        'words = ngettext("%d page", "%d pages", count)',
    ],
)
def test_the_walk_of_python_finds(source: str) -> None:
    assert python.unmarked("x.py", source)


@pytest.mark.parametrize(
    "source",
    [
        'messages.success(request, _("Saved"))',
        'words = ngettext("%(count)d page", "%(count)d pages", count)',
        'log.info("file_not_read", why="the disk is full")',
        'audit.record(by=by, verb="sent invitation again")',
        'raise ImproperlyConfigured("Set the secret key.")',
        'def f():\n    """What a docstring says."""',
        'if state == "not read yet": pass',
    ],
)
def test_the_walk_of_python_leaves(source: str) -> None:
    assert not python.unmarked("x.py", source)


@pytest.mark.parametrize(
    "source",
    [
        "<p>Saved</p>",
        "<p>{% if done %}Saved{% endif %}</p>",
        '<img alt="A house">',
        '<p data-failed="The file did not arrive.">{{ x }}</p>',
        '{% notice kind="info" text="Nothing to do" %}',
        '{% status kind="done" text="Sealed" %}',
        '<a aria-label="{{ name }} again">{{ name }}</a>',
    ],
)
def test_the_walk_of_templates_finds(source: str) -> None:
    assert templates.unmarked("x.html", source)


@pytest.mark.parametrize(
    "source",
    [
        '<p class="hint">{% translate "Saved" %}, {{ day }}</p>',
        "{% blocktranslate %}Saved on {{ day }}{% endblocktranslate %}",
        '{% notice kind="info" text=_("Nothing to do") %}',
        "<script>const x = 'not shown here';</script>{# a comment #}",
    ],
)
def test_the_walk_of_templates_leaves(source: str) -> None:
    assert not templates.unmarked("x.html", source)


def test_scripts_have_no_words_of_their_own() -> None:
    """They are given theirs by the page (docs/adr/0005)."""
    literals = re.compile(r"""'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`""")
    words, no_words = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}"), re.compile(r"[\[#=]|--|^use strict$")
    for path in Path("static/js").glob("*.js"):
        source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        found = [match[0] for match in literals.finditer(source)]
        assert found, path
        assert [one for one in found if words.search(one) and not no_words.search(one.strip("'\"`"))] == [], (
            path
        )
