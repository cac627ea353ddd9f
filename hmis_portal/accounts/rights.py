"""Rights on the desk come from a person's group alone: nobody is given one by name."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db.models import BigIntegerField, QuerySet

from hmis_portal.models.written import Given, WrittenQuery


class GroupRightsBackend(ModelBackend):
    """Django's, without its query for rights given to one person."""

    def get_user_permissions(self, user_obj: object, obj: object = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Where Django keeps them for the request: every page of the desk asks."""
        if user_obj.pk and not user_obj.is_superuser and not hasattr(user_obj, "_group_perm_cache"):
            user_obj._group_perm_cache = {f"{app}.{name}" for app, name in _rights(user=user_obj.pk)}
        return super().get_group_permissions(user_obj, obj)


@WrittenQuery
def _rights() -> QuerySet[Permission, tuple[str, str]]:
    rows = Permission.objects.filter(group__user=Given("user", BigIntegerField())).order_by()
    return rows.values_list("content_type__app_label", "codename")
