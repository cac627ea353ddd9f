"""A template of ours that asks what nobody gave fails the test, also where Django keeps silent."""

import pytest
from django.template import Context, Origin, Template

from agencies.models import Agency
from tests.servers import BASE_DIR


def render(source: str, template: str = "templates/agencies/staff.html") -> str:
    origin = Origin(f"{BASE_DIR}/{template}")
    return Template(source, origin=origin).render(
        Context({"row": Agency(legal_name="Harbor House"), "sent": {"answer": "Yes"}})
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ gone }}", "{% if gone %}{% endif %}", "{% if not gone %}{% endif %}", "{% if row.uei %}{% elif gone == 'x' %}{% endif %}",
        "{% if row.uei or gone|length > 2 %}{% endif %}", "{% for line in gone %}{% endfor %}", "{% for line in row.gone %}{% endfor %}",
        "{% if row.gone %}{% endif %}", "{% if row.legal_name|default:gone %}{% endif %}", "{% firstof row.uei gone %}",
        "{% with x=gone %}{% endwith %}", "{% ifchanged gone %}{% endifchanged %}",
    ],
)  # fmt: skip
def test_what_nobody_gave(source: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="gone, which nobody gave it"):
        render(source)


def test_what_may_be_missing() -> None:
    """A key of an answer; what lies behind nothing; whatever a template asks that stands in for a library's."""
    assert (
        render("{% if sent.files or row.live_at.year or row.legal_name.gone %}{% else %}nothing{% endif %}")
        == "nothing"
    )
    assert render("{% if gone %}{% endif %}{{ gone }}", "templates/admin/page.html") == ""
    assert render("{% if agency %}{% endif %}", "templates/base.html") == ""
