"""`migrate` as Django has it, but of the models only those are built anew that an operation changed, and what points to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import django
from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState
from django.db.models import Model

Key = tuple[str, str]


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with building_only_what_changed():
            super().handle(*args, **options)


@contextmanager
def building_only_what_changed() -> Iterator[None]:
    """With each operation Django builds anew what the changed model points to as well, and all that points to that: with
    a user and an agency that nearly all models point to, each time nearly all. It took four fifths of the time of
    `migrate`. Which models it builds anew is a private method: under another Django than the one this was compared with
    (the same schema and rows, also from half way), it is Django's again.
    """
    if django.VERSION[:2] != (5, 2):
        yield
        return
    djangos = ProjectState._find_reload_model  # type: ignore[attr-defined]
    ProjectState._find_reload_model = to_build_anew  # type: ignore[attr-defined]
    try:
        yield
    finally:
        ProjectState._find_reload_model = djangos  # type: ignore[attr-defined]


def to_build_anew(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[Key]:
    """In place of `ProjectState._find_reload_model`: the model, and what points to it; all after that unless `delay`."""
    apps = state.apps
    # Django builds all of them anew before it hands them to Python code of a migration.
    state.is_delayed = state.is_delayed or delay
    built = apps.get_models(include_auto_created=True, include_swapped=True)
    if any(model._meta.apps is not apps for model in built):
        # Copied from another state: they would look there for what points to them.
        return {*map(_key, built), *state.models}
    to_build = {(app_label, model_name)}
    queue = [model for model in built if _key(model) in to_build]
    for model in queue:
        new = [other for other in _pointing_to(model) if _key(other) not in to_build]
        to_build.update(map(_key, new))
        if not delay:
            queue += new
    return to_build


def _pointing_to(model: type[Model]) -> set[type[Model]]:
    """By a relation of any kind, or because it is made from it."""
    fields = model._meta.get_fields(include_parents=True, include_hidden=True)
    related = {field.related_model for field in fields if field.auto_created and not field.concrete}
    children = {child for child in model.__subclasses__() if issubclass(child, Model)}
    return cast(set[type[Model]], related | children)


def _key(model: type[Model]) -> Key:
    return model._meta.app_label, cast(str, model._meta.model_name)
