"""That remarks wait for an answer, in the words of every list where a thing stands that they are about."""

from django.utils.translation import ngettext


def to_answer_words(count: int) -> str:
    return ngettext("%(count)d remark to answer", "%(count)d remarks to answer", count) % {"count": count}
