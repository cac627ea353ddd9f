"""`migrate` builds models anew that an operation changed, and whatever points to them: hmis_portal's command."""

import django
import pytest
from django.core.management import get_commands
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from hmis_portal.management.commands.migrate import building_only_what_changed, to_build_anew


def key(model):
    return model._meta.app_label, model._meta.model_name


def points_to(model):
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    related = [field.related_model for field in fields if field.is_relation]
    return {key(one) for one in [*related, *model.__bases__] if hasattr(one, "_meta")}


def small_state():
    """A region; an agency in it; an agency's project; a role that projects have; and one that is only a kind of project."""

    def made(name, bases=(models.Model,), **fields):
        return ModelState(
            "small", name, [("id", models.AutoField(primary_key=True)), *fields.items()], bases=bases
        )

    def to(name):
        return models.ForeignKey(f"small.{name}", models.CASCADE)

    state = ProjectState()
    state.add_model(made("Region", leads=models.BooleanField()))
    state.add_model(made("Agency", region=to("Region")))
    state.add_model(made("Role"))
    state.add_model(made("Project", agency=to("Agency"), roles=models.ManyToManyField("small.Role")))
    state.add_model(ModelState("small", "Shelter", [], {"proxy": True}, bases=("small.project",)))
    assert state.apps
    return state


def built(state):
    return {key(model): model for model in state.apps.get_models(include_auto_created=True)}


def anew(before, after):
    return {name for (_app, name), model in after.items() if before.get(("small", name)) is not model}


def test_the_portals_command_is_the_one_that_runs():
    assert get_commands()["migrate"] == "hmis_portal"


def test_whatever_points_to_a_model_is_built_anew_with_it():
    """Of all models of the portal and its libraries; and never more than Django does."""
    state = MigrationLoader(None).project_state()
    pointing = {key(model): points_to(model) for model in built(state).values()}
    parts = 0
    for changed in state.models:
        found, djangos = to_build_anew(state, *changed), state._find_reload_model(*changed)
        assert found <= djangos
        assert {other for other, those in pointing.items() if those & found} <= found
        directly = to_build_anew(state, *changed, delay=True)
        assert directly == {changed} | {other for other, those in pointing.items() if changed in those}
        parts += len(found) < len(djangos) / 2
    assert parts > len(state.models) / 2


def test_a_new_relation_builds_its_model_and_those_behind_it():
    state = small_state()
    before = built(state)
    with building_only_what_changed():
        state.add_field(
            "small", "agency", "other", models.ForeignKey("small.Region", models.CASCADE, "+"), True
        )
    assert anew(before, built(state)) == {"agency", "project", "project_roles", "shelter"}
    for model in built(state).values():
        assert all(
            built(state)[one] in state.apps.get_models(include_auto_created=True) for one in points_to(model)
        )
    region, agency = state.apps.get_model("small.region"), state.apps.get_model("small.agency")
    assert {relation.related_model for relation in region._meta.related_objects} == {agency}
    assert agency._meta.get_field("region").related_model is region


def test_a_new_model_is_built_alone():
    state = small_state()
    before = built(state)
    with building_only_what_changed():
        fields = [
            ("id", models.AutoField(primary_key=True)),
            ("role", models.OneToOneField("small.Role", models.CASCADE)),
        ]
        state.add_model(ModelState("small", "Grade", fields))
    assert anew(before, built(state)) == {"grade"}
    role = state.apps.get_model("small.role")
    assert state.apps.get_model("small.grade") in {one.related_model for one in role._meta.related_objects}


def test_of_a_copied_state_all_is_built_anew_once():
    """The models of a copy look in the first state for what points to them."""
    state = small_state().clone()
    before = built(state)
    with building_only_what_changed():
        state.add_field("small", "role", "name", models.TextField(), True)
        assert anew(before, built(state)) == {name for _app, name in before}
        before = built(state)
        state.add_field("small", "agency", "name", models.TextField(), True)
        assert anew(before, built(state)) == {"agency", "project", "project_roles"}
    assert state.is_delayed


@pytest.mark.parametrize("version", [(5, 1, 9), (6, 0, 0)])
def test_under_another_django_it_is_djangos(monkeypatch, version):
    djangos = ProjectState._find_reload_model
    monkeypatch.setattr(django, "VERSION", version)
    with building_only_what_changed():
        assert ProjectState._find_reload_model is djangos


def test_afterwards_it_is_djangos_again():
    djangos = ProjectState._find_reload_model
    with building_only_what_changed():
        assert ProjectState._find_reload_model is to_build_anew
    assert ProjectState._find_reload_model is djangos
