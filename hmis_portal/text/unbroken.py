"""Words that stay in one line in PDFs and mails, as static/js/unbroken.js keeps them on pages."""

import re

# A title or style, in which no element may stand, or the text between two tags.
_TEXTS = re.compile(r"<(title|style)\b.*?</\1>|>[^<]+", re.DOTALL | re.IGNORECASE)
_WORD = re.compile(r"\b(e-mails?)\b", re.IGNORECASE)


def unbroken(html: str) -> str:
    """ "e-mail" stays in one line; no character is put in, so that it is copied and read as it is written."""

    def held(text: re.Match[str]) -> str:
        return text[0] if text[1] else _WORD.sub(r'<span style="white-space: nowrap">\1</span>', text[0])

    return _TEXTS.sub(held, html)
