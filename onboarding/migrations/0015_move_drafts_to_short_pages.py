from django.db import migrations

# The page of each field, or of what stands before "_" in its name.
PAGES = {
    "agency": {
        "about": "legal_name common_name ein legal_form legal_form_other proof federal_money uei",
        "where": "street city region zip_code phone website",
        "services": "mission towns cocs cans coc_member languages",
    },
    "people": {
        position: position
        for position in "director signatory coordinator backup security privacy it billing".split()
    },
}


def move(apps, schema_editor):
    """What was typed on the one page of a section, and not saved as answers, stands on its short pages."""
    works = apps.get_model("onboarding", "SectionWork").objects
    for work in works.filter(section__in=PAGES).exclude(draft={}):
        for page, names in PAGES[work.section].items():
            shown = names.split()
            draft = {
                name: typed
                for name, typed in work.draft.items()
                if name in shown or name.partition("_")[0] in shown
            }
            if draft:
                works.get_or_create(
                    application_id=work.application_id,
                    section=f"{work.section}.{page}",
                    defaults={
                        "draft": draft,
                        "version": work.version,
                        "saved_by_id": work.saved_by_id,
                        "saved_at": work.saved_at,
                    },
                )
        work.draft, work.has_errors = {}, False
        work.save(update_fields=["draft", "has_errors"])


def move_back(apps, schema_editor):
    works = apps.get_model("onboarding", "SectionWork").objects
    for section, pages in PAGES.items():
        for row in works.filter(section__in=[f"{section}.{page}" for page in pages]).order_by("pk"):
            work, _made = works.get_or_create(application_id=row.application_id, section=section)
            work.draft |= row.draft
            work.version = max(work.version, row.version)
            work.saved_by_id, work.saved_at = row.saved_by_id, row.saved_at
            work.completed_at = None if work.draft else work.completed_at
            work.save()
            row.delete()


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0014_let_the_agency_answer_remarks")]

    operations = [migrations.RunPython(move, move_back)]
