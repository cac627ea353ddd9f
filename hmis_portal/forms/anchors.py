"""Where a field stands on its page: asked by the page that shows it and by every link that leads to it."""


def field_anchor(name: str) -> str:
    """The id of the element that holds a field and its label; `name` as it is sent, with the prefix of its form."""
    return f"id_{name}_field"
