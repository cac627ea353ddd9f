"""A completion that does not count: it is voided by another row, never changed."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from training import permissions
from training.events import TrainingEvent
from training.models import Completion, CompletionVoid
from training.requirements.assignments import announce
from training.services.needed import needed


def void(completion: Completion, *, by: User, reason: str) -> CompletionVoid:
    """Say that a completion does not count. It stays in the transcript, with the reason."""
    reason = needed(reason, _("Say why the completion does not count."))
    if reasons := permissions.against_oneself(by, [completion.person]):
        raise GuardFailed(reasons)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=completion.person_id)
        try:
            with transaction.atomic():
                void = CompletionVoid.objects.create(completion=completion, reason=reason, voided_by=by)
        except IntegrityError as error:
            raise WrongState(_("This completion was already voided.")) from error
        audit.record(
            by=by,
            verb=TrainingEvent.COMPLETION_VOIDED,
            obj=completion,
            before="counted",
            after="voided",
            reason=reason,
        )
        announce(person)
    return void
