from django.db import migrations

FIELDS = ("cocs", "cans")
# Of the application, and of the record after it was sent: the page before, and the new one.
PAGES = {"agency.services": "agency.regions", "record.agency.services": "record.agency.regions"}
ADDRESS, NEW_ADDRESS = "/agency/services/", "/agency/regions/"


def move(apps, schema_editor):
    """What was typed of the regions, and not saved as answers, and what colleagues asked of them stands on their page."""
    works = apps.get_model("onboarding", "SectionWork").objects
    for work in works.filter(section__in=PAGES).exclude(draft={}):
        draft = {name: typed for name, typed in work.draft.items() if name in FIELDS}
        if draft:
            works.get_or_create(
                application_id=work.application_id,
                section=PAGES[work.section],
                defaults={
                    "draft": draft,
                    "version": work.version,
                    "saved_by_id": work.saved_by_id,
                    "saved_at": work.saved_at,
                },
            )
            work.draft = {name: typed for name, typed in work.draft.items() if name not in FIELDS}
            work.save(update_fields=["draft"])
    _move_notes(apps, PAGES, ADDRESS, NEW_ADDRESS)


def _move_notes(apps, pages, address, new_address):
    notes = apps.get_model("onboarding", "Note").objects
    for note in notes.filter(page__in=pages, field__in=FIELDS):
        note.page, note.url = pages[note.page], note.url.replace(address, new_address)
        note.save(update_fields=["page", "url"])


def move_back(apps, schema_editor):
    works = apps.get_model("onboarding", "SectionWork").objects
    back = {new: old for old, new in PAGES.items()}
    for row in works.filter(section__in=back):
        work, _made = works.get_or_create(
            application_id=row.application_id,
            section=back[row.section],
            defaults={"saved_by_id": row.saved_by_id, "saved_at": row.saved_at},
        )
        work.draft |= row.draft
        work.version = max(work.version, row.version)
        work.save(update_fields=["draft", "version"])
        row.delete()
    _move_notes(apps, back, NEW_ADDRESS, ADDRESS)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0035_list_reasons_to_decline")]

    operations = [migrations.RunPython(move, move_back)]
