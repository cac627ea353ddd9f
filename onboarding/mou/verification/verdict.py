"""What is said of a file or of a reference."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """`kind` is that of the notice component; `facts` are pairs of label and value, without IP and e-mail."""

    kind: str
    heading: str
    text: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    good: bool = False
    link_url: str = ""
    link_text: str = ""
