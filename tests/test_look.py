"""The tokens of the look: enough contrast, one palette for portal and admin, and nothing the CSP would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
PORTAL = (CSS / "portal.css").read_text()
TOKENS = dict(
    re.findall(r"^  --([a-z-]+): (#[0-9a-f]{6});", PORTAL.split("}\n\n/* --- ground")[0], re.MULTILINE)
)
WHITE = "#ffffff"

TEXT = [
    *[(name, "ground") for name in ("ink", "navy", "blue", "blue-dark", "muted", "done", "turn", "problem", "problem-dark")],
    *[(name, "quiet") for name in ("ink", "navy", "blue", "blue-dark", "muted")],
    ("done", "done-ground"), ("ink", "done-ground"), ("turn", "turn-ground"), ("ink", "turn-ground"), ("navy", "turn-ground"),
    ("problem", "problem-ground"), ("ink", "problem-ground"), ("blue-dark", "info-ground"), ("ink", "info-ground"),
    ("blue", "info-ground"), ("blue", "turn-ground"), ("blue", "done-ground"), ("blue", "problem-ground"),
]  # fmt: skip
WHITE_TEXT_ON = ["navy", "blue", "blue-dark", "problem", "problem-dark", "done"]
SHAPES = [
    ("input-border", "ground"),
    ("input-border", "quiet"),
    ("focus", "ground"),
    ("focus", "quiet"),
    ("focus", "turn-ground"),
]


def luminance(color: str) -> float:
    parts = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colors like "#005ea2", from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(TOKENS[text], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize("ground", WHITE_TEXT_ON)
def test_white_text_can_be_read(ground: str) -> None:
    assert contrast(WHITE, TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_borders_and_focus_can_be_seen(shape: str, ground: str) -> None:
    assert contrast(TOKENS[shape], TOKENS[ground]) >= 3


def test_the_colors_are_those_agreed_on() -> None:
    agreed = {
        "ink": "#1b2733", "navy": "#12324f", "blue": "#005ea2", "blue-dark": "#1a4480", "ground": WHITE, "quiet": "#f5f7f9",
        "line": "#d5dbe1", "muted": "#4a5763", "done": "#1d6b3c", "turn": "#8a5a00", "turn-ground": "#fff4d6",
        "problem": "#b3261e", "focus": "#0b6bcb", "input-border": "#6b7885",
    }  # fmt: skip
    assert {name: TOKENS[name] for name in agreed} == agreed


def test_the_admin_has_no_colors_of_its_own() -> None:
    used = set(re.findall(r"#[0-9a-f]{6}\b", (CSS / "admin.css").read_text()))
    assert used <= set(TOKENS.values())


def pages() -> list[Path]:
    folder = Path(settings.BASE_DIR) / "templates"
    return [
        path
        for path in sorted(folder.rglob("*.html"))
        if path.relative_to(folder).parts[0] not in ("emails", "pdf")
    ]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_nothing_that_the_content_security_policy_refuses(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle\s*=", source)
    assert "<style" not in source
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    for attributes in re.findall(r"<script([^>]*)>", source):
        assert "src=" in attributes or 'type="application/json"' in attributes


def test_motion_and_contrast_are_respected_and_pages_print() -> None:
    for wish in (
        "prefers-reduced-motion: reduce",
        "prefers-contrast: more",
        "forced-colors: active",
        "@media print",
    ):
        assert wish in PORTAL


def test_buttons_and_inputs_show_focus_where_bootstrap_takes_it_away() -> None:
    for selector in (
        ".btn:focus-visible {",
        ".form-control:focus, .form-select:focus, .form-check-input:focus {",
    ):
        rule = PORTAL.split(selector)[1].split("}")[0]
        assert "outline: 3px solid var(--focus)" in rule
