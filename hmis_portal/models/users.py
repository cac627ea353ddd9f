"""Somebody with an account: settings.AUTH_USER_MODEL, whose class this package does not import; mypy knows it all the same."""

from typing import TYPE_CHECKING, TypeGuard

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

if TYPE_CHECKING:
    from django.contrib.auth.models import _User as User
else:
    User = AbstractBaseUser

__all__ = ["AnyUser", "User", "is_user"]

AnyUser = User | AnonymousUser


def is_user(user: object) -> TypeGuard[User]:
    return isinstance(user, AbstractBaseUser)
