"""A home of one's own: what one is to do, and one's own training, agreement and access."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies import permissions
from agencies.models import CodeChannel, User
from onboarding.access.person import own_access
from onboarding.journey import whose_turn
from onboarding.journey.holder import Holder
from onboarding.journey.turns.turn import Turn
from onboarding.owed.mine import Share, shares


@require_safe
def my_tasks(request: HttpRequest) -> HttpResponse:
    """By agency, and what concerns oneself; the HMIS's own people have theirs on the desk."""
    user = permissions.person(request)
    mine, own = shares(user), own_access(user)
    if user.is_staff and not mine:
        return redirect("admin:index")
    context = {
        "places": [_place(share, user) for share in mine],
        "own": own,
        "signs_in": any(access.may_sign_in for access in own),
        "channel": CodeChannel.objects.filter(person=user).first() if own else None,
    }
    return render(request, "onboarding/owed/my_tasks.html", context)


def _place(share: Share, user: User) -> dict[str, object]:
    return {
        "agency": share.agency,
        "lines": share.mine,
        "others": len(share.others) if share.edits else 0,
        "turns": _turns(share, user) if share.roles else [],
        "edits": share.edits,
    }


def _turns(share: Share, user: User) -> list[Turn]:
    """The next thing on the way, and what is to be signed meanwhile; without what is one of the lines."""
    turns = [whose_turn.of_agency(share.facts, user)]
    of_mou = whose_turn.of_mou(share.facts.mou_to_act_on, share.facts, user)
    if of_mou and of_mou.holder == Holder.SIGNATORY:
        turns.append(of_mou)
    by_url = {turn.url: turn for turn in turns if turn.yours}
    return [turn for url, turn in by_url.items() if url not in {line.url for line in share.mine}]
