"""What costs something to answer is counted before it is done: by person and by address, within the limits of the settings."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.visits import too_often

View = Callable[..., HttpResponse]


def counted(door: str) -> Callable[[View], View]:
    """Counts what is sent to a view; who did so too often reads how long to wait, with what was typed."""

    def counting(view: View) -> View:
        @wraps(view)
        def counted_view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method == "POST" and (wait := too_often(request, door)):
                return too_many_requests(request, wait=wait)
            return view(request, *args, **kwargs)

        return counted_view

    return counting
