"""Cut the typefaces of web pages and documents from the font packages, once, into var/fonts.

var/fonts/web/ holds variable WOFF2 files, served as /static/fonts/…; var/fonts/pdf/ holds static TTF files, because
a PDF embeds one weight at a time. Subset first, then instance: that order takes seconds, the other half a minute.
var/fonts/more/ holds the letters that those lack, for documents in which somebody's name needs them.
"""

from __future__ import annotations

import io
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported where used: most starts find the fonts already cut
    from fontTools.ttLib import TTFont

FONTS_DIR = Path(__file__).resolve().parents[2] / "var" / "fonts"
# Western, Central European and Vietnamese letters, punctuation, currency, arrows, minus and check mark.
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00), 0x2BC, 0x2C6, 0x2DA, 0x2DC, *range(0x2000, 0x2070), 0x2074, 0x20AC,
         0x2116, 0x2122, *range(0x2190, 0x2194), 0x2212, 0x2215, 0x2260, 0x2264, 0x2265, 0x2713, 0xFEFF]  # fmt: skip
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum"]
BODY_SIZE = 12  # points: the optical size at which documents are set

# package, file, name of the cut, whether web pages use it, weights of the static PDF cuts
FACES: list[tuple[str, str, str, bool, tuple[int, ...]]] = [
    ("fontpkg_public_sans", "PublicSans[wght].ttf", "public-sans", True, (400, 600, 700)),
    ("fontpkg_public_sans", "PublicSans-Italic[wght].ttf", "public-sans-italic", True, ()),
    ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf", "source-serif", True, (400, 600, 700)),
    ("fontpkg_source_serif_4", "SourceSerif4-Italic[opsz,wght].ttf", "source-serif-italic", False, (400,)),
]
# Where the letters come from that these faces lack, in the order in which they are looked for there.
OTHERS: list[tuple[str, str]] = [
    *(("manimgx_fonts", f"NotoSans{script}[wght].ttf") for script in (
        "", "Symbols", "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi",
        "Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai",
    )),
    ("justmytype_intl_cjk", "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"),
    ("justmytype_intl_cjk", "fonts/ofl/notosanskr/NotoSansKR[wght].ttf"),
    ("justmytype_intl_cjk", "fonts/ofl/notosanstc/NotoSansTC[wght].ttf"),
    ("manimgx_fonts", "NotoEmoji[wght].ttf"),
]  # fmt: skip
# Blanks and joiners, which are set in the face of the letters beside them, and the ring that carries a single mark.
BETWEEN = {0x20, 0xA0, 0xAD, *range(0x2000, 0x2010), 0x2011, *range(0x2028, 0x2030), *range(0x205F, 0x2070), 0x25CC,
           0x3000, 0xFEFF, *range(0xFE00, 0xFE10)}  # fmt: skip


def build(target: Path = FONTS_DIR) -> None:
    """Make both folders unless they are there already for these versions; replaces them in one step."""
    stamp = _stamp()
    stamp_file = target / "stamp"
    if stamp_file.exists() and stamp_file.read_text() == stamp:
        return
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for folder in ("web", "pdf", "more"):
        (partial / folder).mkdir(parents=True)
    for package, file, name, on_web, weights in FACES:
        _cut(_subset(_package_dir(package) / "files" / file), name, on_web, weights, partial)
    _cut_others(partial)
    (partial / "stamp").write_text(stamp)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)


def _cut(subset: TTFont, name: str, on_web: bool, weights: tuple[int, ...], target: Path) -> None:
    from fontTools.varLib.instancer import instantiateVariableFont

    size = {"opsz": BODY_SIZE} if "opsz" in {axis.axisTag for axis in subset["fvar"].axes} else {}
    for weight in weights:
        static = instantiateVariableFont(_copy(subset), {**size, "wght": weight})
        _rename(static, name, weight)
        static.save(target / "pdf" / f"{name}-{weight}.ttf")
    if on_web:
        variable = instantiateVariableFont(subset, size) if size else subset
        variable.flavor = "woff2"
        variable.save(target / "web" / f"{name}.woff2")


def _cut_others(target: Path) -> None:
    """One regular weight of each, with the letters that no face before it has. HarfBuzz takes a second for all."""
    import uharfbuzz

    covered = set.intersection(*map(_letters, sorted((target / "pdf").glob("*.ttf"))))
    for number, (package, file) in enumerate(OTHERS, 1):
        path = _package_dir(package) / file
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
        letters = set(face.unicodes) - covered
        cut = uharfbuzz.SubsetInput()
        cut.pin_axis_location(face, "wght", 400)
        cut.unicode_set.update(letters | BETWEEN)
        name = path.name.removesuffix("[wght].ttf")
        (target / "more" / f"{number:02}-{name}.ttf").write_bytes(uharfbuzz.subset(face, cut).blob.data)
        covered |= letters


def _stamp() -> str:
    fonts = {
        package.replace("_", "-")
        for package in (*(face[0] for face in FACES), *(other[0] for other in OTHERS))
    }
    packages = {"fonttools", "uharfbuzz", *fonts}
    return "\n".join([Path(__file__).read_text(), *(f"{name} {version(name)}" for name in sorted(packages))])


def _package_dir(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The package {package.replace('_', '-')} is missing: run `make run`.")
    return Path(spec.origin).parent


def _letters(path: Path) -> set[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def _subset(path: Path) -> TTFont:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(path)
    subsetter = Subsetter(
        Options(layout_features=FEATURES, notdef_outline=True, name_IDs=["*"], hinting=False)
    )
    subsetter.populate(unicodes=LATIN)
    subsetter.subset(font)
    return _copy(font)


def _copy(font: TTFont) -> TTFont:
    data = io.BytesIO()
    font.save(data)
    data.seek(0)
    return type(font)(data)


def _rename(font: TTFont, name: str, weight: int) -> None:
    """One family a cut, told apart by PostScript name too, so that a PDF embeds the weight that was asked for."""
    family = f"{name.replace('-', ' ').title()} {weight}"
    names = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", ""), 16: family, 17: "Regular"}
    for record_id, text in names.items():
        font["name"].removeNames(nameID=record_id)
        font["name"].setName(text, record_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


if __name__ == "__main__":
    build()
