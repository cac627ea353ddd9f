from zlib import crc32

from django.db import migrations

# The topic of each group of questions; a group of the Admin's own is a topic by itself.
TOPICS = {
    "agency": ("About the agency", "Officers"),
    "sign-in": ("Access",),
    "devices": ("Virus protection", "Workstations"),
    "network": ("Firewall", "Internet"),
    "places": ("Public areas", "Remote work"),
    "papers": ("Papers", "Disposal", "Retention"),
    "clients": ("Privacy notice", "Consent", "Clients' rights"),
    "staff": ("Staff", "Incidents", "Recovery and monitoring"),
}
OF_GROUP = {group: topic for topic, groups in TOPICS.items() for group in groups}
PLANS_ON_A_PAGE = 2


def pages_of(questions):
    """By the beginning of the names of its fields, the page of each question, and that of its plan."""
    pages, planned = {}, {}
    for question in questions:
        topic = OF_GROUP.get(question.group) or f"more-{crc32(question.group.encode()):x}"
        pages[f"q{question.number}"] = topic, ""
        if any(row.kind == "P" for row in question.outcomes.all()):
            before = planned[topic] = planned.get(topic, 0) + 1
            pages[f"q{question.number}"] = topic, f"{topic}-plan{(before - 1) // PLANS_ON_A_PAGE + 1}"
    return pages


def move(apps, schema_editor):
    """What was typed on the one page of section D, and not saved as answers, stands on the pages of its topics."""
    works = apps.get_model("onboarding", "SectionWork").objects
    questions = apps.get_model("onboarding", "ReadinessQuestion").objects.order_by("order", "number")
    for work in works.filter(section="readiness").exclude(draft={}).select_related("application"):
        asked = questions.filter(version_id=work.application.readiness_version_id)
        pages, drafts = pages_of(asked.prefetch_related("outcomes")), {}
        for name, typed in work.draft.items():
            question, _underscore, part = name.partition("_")
            if question in pages:
                topic, plans = pages[question]
                page = plans if plans and part.startswith("plan") else topic
                drafts.setdefault(page, {})[name] = typed
        for page, draft in drafts.items():
            works.get_or_create(
                application_id=work.application_id,
                section=f"readiness.{page}",
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
    for row in works.filter(section__startswith="readiness.").order_by("pk"):
        work, _made = works.get_or_create(application_id=row.application_id, section="readiness")
        work.draft |= row.draft
        work.version = max(work.version, row.version)
        work.saved_by_id, work.saved_at = row.saved_by_id, row.saved_at
        work.completed_at = None if work.draft else work.completed_at
        work.save()
        row.delete()


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0018_add_private_notes")]

    operations = [migrations.RunPython(move, move_back)]
