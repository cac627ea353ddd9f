"""How a person stands with a course."""

from training import selectors


def item(cast, course):
    return next(one for one in selectors.status_of(cast.staff_row).items if one.requirement.course == course)
