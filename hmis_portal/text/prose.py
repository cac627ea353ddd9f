"""Pages of prose, each translated as a page (docs/adr/0005): guide.es.html beside guide.html."""

from django.utils.translation import get_language


def in_language(template: str) -> list[str]:
    """The names under which a page of prose is looked for: in the reader's language first, then in English."""
    stem, _dot, ending = template.rpartition(".")
    language = (get_language() or "").split("-")[0]
    return [f"{stem}.{language}.{ending}", template]
