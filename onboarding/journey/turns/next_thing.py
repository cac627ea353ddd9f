"""The one next thing of an agency on its way into the HMIS, by the state of its application, MOU, people and conditions."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from onboarding.journey.facts import Facts
from onboarding.journey.holder import Holder
from onboarding.journey.turns.after_sending import AfterSending
from onboarding.journey.turns.before_sending import BeforeSending
from onboarding.journey.turns.maker import TurnMaker
from onboarding.journey.turns.turn import Turn
from onboarding.models import Application


def next_thing(facts: Facts, begun: Callable[[], bool]) -> Turn:
    """`begun` says, when it is asked, whether the agency works in the HMIS."""
    if facts.agency.left_at:
        heading = _("This agency has left the HMIS")
        return Turn(Holder.NOBODY, "", _("Its records are kept."), facts.agency.left_at, heading=heading)
    if facts.closed:
        return _closed(TurnMaker(facts))
    if facts.sent:
        return AfterSending(facts, begun).turn()
    if facts.application and facts.state == Application.State.CHANGES:
        return replace(BeforeSending(facts).changes(), by=facts.application.answer_by)
    if facts.confirmed_at is None:
        return TurnMaker(facts).manager(
            _("Read and confirm what taking part asks of your agency."),
            "confirm_requirements",
            _("Confirm the requirements"),
        )
    return BeforeSending(facts).turn()


def _closed(maker: TurnMaker) -> Turn:
    application = maker.facts.application
    assert application
    declined = application.state == Application.State.DECLINED
    if declined and application.appeal_waits:
        words = _("You asked for a second look at the decline. The answer comes by e-mail.")
        return maker.admin(words, "application", _("See what you sent"), application.appealed_at)
    return Turn(
        Holder.NOBODY,
        "",
        application.reason or _("All answers are kept."),
        application.state_since,
        action=_("See what you can do"),
        **maker.page("application"),
        heading=_("The application was declined") if declined else _("The application was withdrawn"),
    )
