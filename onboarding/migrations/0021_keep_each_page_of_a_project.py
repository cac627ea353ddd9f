from django.db import migrations, models

# What each page of a project asks, as names of inputs begin; a day is three of them.
PAGES = {
    "about": (
        "project_name", "project_common_name", "operating_start_date", "operating_end_date", "project_type",
        "rrh_sub_type", "continuum_project", "target_population",
    ),
    "where": ("coc-",),
    "funding": ("funders-", "hopwa_med_assisted_living_fac"),
    "beds": ("inventory-", "housing_type"),
    "participation": ("hmis-", "ce-", "residential_affiliation", "affiliated"),
}  # fmt: skip


def split(apps, schema_editor):
    """What was typed on a project's one page goes to the pages that ask for it now; what was saved of it, too."""
    work_model = apps.get_model("onboarding", "SectionWork")
    whole = work_model.objects.filter(section__regex=r"^project-[0-9a-f]{32}$")
    for work in whole.iterator(chunk_size=200):
        pages = [
            work_model(
                application_id=work.application_id,
                section=f"{work.section}.{page}",
                draft={name: values for name, values in work.draft.items() if name.startswith(names)},
                version=work.version,
                saved_by_id=work.saved_by_id,
                saved_at=work.saved_at,
                has_errors=False,
                completed_at=work.completed_at,
            )
            for page, names in PAGES.items()
        ]
        for page in pages:
            page.has_errors = work.has_errors and bool(page.draft)
        work_model.objects.bulk_create(pages)
    whole.delete()


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0020_add_readiness_helpers")]

    operations = [
        migrations.AlterField("sectionwork", "section", models.CharField(max_length=80)),
        migrations.RunPython(split, migrations.RunPython.noop, elidable=True),
    ]
