from django.db import migrations, models

ACTS = ("add", "change", "delete", "view")


def _rename_permissions(apps, old, new):
    """Django renames the content type along with the model, and leaves the permissions' names as they were."""
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="onboarding")
    for act in ACTS:
        permissions.filter(codename=f"{act}_{old}").update(codename=f"{act}_{new}")


def rename(apps, schema_editor):
    _rename_permissions(apps, "reviewnote", "remark")


def rename_back(apps, schema_editor):
    _rename_permissions(apps, "remark", "reviewnote")


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0010_let_the_declaration_lapse"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="reviewnote", name="review_note_resolved_pair"),
        migrations.RenameModel(old_name="ReviewNote", new_name="Remark"),
        migrations.AlterModelOptions(
            name="remark", options={"ordering": ["written_at"], "verbose_name": "remark"}
        ),
        migrations.AlterField(
            model_name="remark",
            name="application",
            field=models.ForeignKey(
                on_delete=models.PROTECT, related_name="remarks", to="onboarding.application"
            ),
        ),
        migrations.AddConstraint(
            model_name="remark",
            constraint=models.CheckConstraint(
                name="remark_resolved_pair",
                condition=models.Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
            ),
        ),
        migrations.RunPython(rename, rename_back),
    ]
