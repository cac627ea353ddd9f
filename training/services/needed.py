"""What a person has to say for an act that is kept."""

from hmis_portal.web.errors import GuardFailed


def needed(text: str, message: str) -> str:
    """The text without space around it, at most 500 characters; GuardFailed with the message when it is empty."""
    text = text.strip()
    if not text:
        raise GuardFailed(message)
    return text[:500]
