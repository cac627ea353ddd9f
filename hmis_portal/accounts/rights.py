"""Rights on the desk come from a person's group alone: nobody is given one by name."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group
from django.db.models import BigIntegerField, QuerySet

from hmis_portal.models.written import Given, WrittenQuery


class GroupRightsBackend(ModelBackend):
    """Django's, without its query for rights given to one person."""

    def get_user_permissions(self, user_obj: object, obj: object = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Where Django keeps them for the request, with the groups: every page of the desk asks for both."""
        if user_obj.pk and not user_obj.is_superuser and not hasattr(user_obj, "_group_perm_cache"):
            rows = _rights(user=user_obj.pk)
            user_obj._group_perm_cache = {f"{app}.{name}" for _group, app, name in rows if name}
            user_obj._portal_groups = frozenset(group for group, _app, _name in rows)
        return super().get_group_permissions(user_obj, obj)


def groups_of(user: Any) -> frozenset[str]:
    """The names of a person's groups, from one query a request."""
    if not hasattr(user, "_portal_groups"):
        user._portal_groups = frozenset(_groups(user=user.pk))
    names: frozenset[str] = user._portal_groups
    return names


@WrittenQuery
def _rights() -> QuerySet[Group, tuple[str, str | None, str | None]]:
    """A group without rights is one row too."""
    rows = Group.objects.filter(user=Given("user", BigIntegerField())).order_by()
    return rows.values_list("name", "permissions__content_type__app_label", "permissions__codename")


@WrittenQuery
def _groups() -> QuerySet[Group, str]:
    return Group.objects.filter(user=Given("user", BigIntegerField())).values_list("name", flat=True)
