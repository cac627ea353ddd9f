"""The kept words of a template are those of the reader's language, each time."""

from django.template import Context, Template
from django.utils import translation


def test_each_reader_gets_the_words_of_the_own_language() -> None:
    kept, plain = (
        Template(f'{{% load {tags} %}}{{% translate "Yes" %}}') for tags in ("i18n kept_words", "i18n")
    )
    said = []
    for language in ("en", "es", "en"):
        with translation.override(language):
            said.append(kept.render(Context()))
            assert said[-1] == plain.render(Context())
    assert said[0] == said[2] != said[1]
