"""The HMIS's own list of users beside what is agreed here. Differences are found, never acted upon.

Whatever the number of accounts, a batch at a time is held, and each batch takes the same number of queries.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Staff, User
from hmis_portal.models import PortalSettings
from hmis_portal.text.words import date_words, matching
from onboarding.access.hmis.roles import Roles
from onboarding.access.hmis.user_list import BATCH, batches
from onboarding.models import Access, Difference, HmisAccount, HmisLink, HmisUserList

Kind = Difference.Kind
SEPARATORS = re.compile(r"[;|\n]")
People = dict[int, list[Access]]


@transaction.atomic
def compare(user_list: HmisUserList, *, today: dt.date | None = None) -> int:
    """Find every difference anew; how many there are."""
    HmisUserList.objects.select_for_update().get(pk=user_list.pk)
    run, day = timezone.now(), today or timezone.localdate()
    match(user_list)
    count = 0
    for differences in _of_accounts(user_list, day):
        count += _keep(differences, run)
    for differences in _of_rights(user_list):
        count += _keep(differences, run)
    _put_away(user_list, run)
    HmisUserList.objects.filter(pk=user_list.pk).update(compared_at=run)
    return count


def match(user_list: HmisUserList) -> None:
    """Whose each account is: by user name, then as an HMIS Admin said, then by address. A name is never enough."""
    HmisAccount.objects.filter(list=user_list).update(person=None, second=False)
    for owners in (_by_user_name, _by_link, _by_email):
        for batch in batches(user_list):
            open_ones = [account for account in batch if account.person_id is None]
            people = owners(open_ones)
            taken = set(
                HmisAccount.objects.filter(list=user_list, person__in=set(people.values())).values_list(
                    "person", flat=True
                )
            )
            matched = [account for account in open_ones if account.pk in people]
            for account in matched:
                account.person_id = people[account.pk]
                account.second = owners is not _by_user_name and account.person_id in taken
                taken.add(people[account.pk])
            HmisAccount.objects.bulk_update(matched, ["person", "second"])


def _by_user_name(accounts: Sequence[HmisAccount]) -> dict[int, int]:
    keys = {account.user_key: account.pk for account in accounts}
    rows = Access.objects.annotate(account_key=Lower("account_name")).filter(account_key__in=keys)
    rows = rows.exclude(account_name="").filter(staff__user__isnull=False)
    # Where two people had the same user name, one after the other, it is of whoever got it last.
    return {
        keys[key]: person
        for key, person in rows.order_by("granted_at").values_list("account_key", "staff__user")
    }


def _by_link(accounts: Sequence[HmisAccount]) -> dict[int, int]:
    keys = {account.user_key: account.pk for account in accounts}
    return {
        keys[key]: person
        for key, person in HmisLink.objects.filter(user_key__in=keys).values_list("user_key", "person")
    }


def _by_email(accounts: Sequence[HmisAccount]) -> dict[int, int]:
    emails = {account.email for account in accounts if account.email}
    people = {email: pk for pk, email in User.objects.filter(email__in=emails).values_list("pk", "email")}
    rows = Staff.objects.annotate(key=Lower("email")).filter(
        key__in=emails - people.keys(), user__isnull=False
    )
    people = dict(rows.values_list("key", "user")) | people
    return {account.pk: people[account.email] for account in accounts if account.email in people}


def _of_accounts(user_list: HmisUserList, day: dt.date) -> Iterator[list[Difference]]:
    roles, idle_days = Roles.load(), PortalSettings.load().idle_days
    listed_on = timezone.localdate(user_list.uploaded_at)
    for batch in batches(user_list):
        owners = {account.person_id for account in batch if account.person_id}
        access = _access_of(owners)
        if "last_sign_in" in user_list.columns:
            _remember_sign_in(batch, listed_on)
        yield [
            difference
            for account in batch
            if account.active
            for difference in judge(
                account, access.get(account.person_id or 0, []), columns=user_list.columns, roles=roles,
                idle_days=idle_days, today=day,
            )
        ]  # fmt: skip


def _access_of(people: Collection[int]) -> People:
    rows: People = defaultdict(list)
    everyone = Access.objects.filter(staff__user__in=people).select_related("staff__agency", "staff__user")
    for row in everyone.prefetch_related("staff__projects__funders").order_by("pk"):
        rows[row.staff.user_id or 0].append(row)
    return rows


def judge(
    account: HmisAccount,
    access: Sequence[Access],
    *,
    columns: Collection[str],
    roles: Roles,
    idle_days: int,
    today: dt.date,
) -> list[Difference]:
    """What differs about one account that is open in the HMIS; `access` is all that its owner has here."""
    granted = [row for row in access if row.state == Access.State.GRANTED]
    if account.second or not granted:
        return [_difference(Kind.NO_RIGHT, account, _why_no_right(account, access), access)]
    named = [row for row in granted if row.account_name.lower() == account.user_key] or granted
    differences = []
    if wrong := _wrong(account, named, columns, roles):
        differences.append(_difference(Kind.WRONG, account, " ".join(wrong), named))
    used = account.last_sign_in or min(
        (timezone.localdate(row.granted_at) for row in named if row.granted_at), default=today
    )
    if "last_sign_in" in columns and (today - used).days > idle_days:
        words = (
            _("Last signed in on %s.")
            if account.last_sign_in
            else _("Never signed in since the account was made on %s.")
        )
        differences.append(_difference(Kind.IDLE, account, words % date_words(used), named))
    return differences


def _difference(
    kind: Difference.Kind, account: HmisAccount, why: str, access: Sequence[Access]
) -> Difference:
    return Difference(
        kind=kind, key=f"{kind}:{account.user_key}", user_name=account.user_name, why=why,
        name=account.name or (access[0].staff.name if access else account.email)[:200],
        organization=account.organization or (access[0].staff.agency.name if access else ""),
        access=access[0] if access else None,
    )  # fmt: skip


def _why_no_right(account: HmisAccount, access: Sequence[Access]) -> str:
    if account.person_id is None:
        return _("Nobody in the portal has this user name or e-mail address.")
    if account.second:
        return _("It is the second account of a person who is matched by user name or address already.")
    if not access:
        return _("The person is on no roster whose access is decided here.")
    sentences = []
    for row in access:
        words = _("%(agency)s: %(state)s. %(why)s")
        facts = {
            "agency": row.staff.agency.name,
            "state": row.get_state_display(),
            "why": " ".join(row.reasons),
        }
        sentences.append((words % facts).strip())
        if row.to_do:
            sentences.append(_("It is on the list of what is to be done."))
    return " ".join(sentences)


def _wrong(
    account: HmisAccount, granted: Sequence[Access], columns: Collection[str], roles: Roles
) -> list[str]:
    """Roles are compared only where the table of roles knows all of them."""
    sentences = []
    agreed_roles = [roles.of(row.staff) for row in granted]
    if "roles" in columns and not any(agreed.missing for agreed in agreed_roles):
        wanted = [name for agreed in agreed_roles for name in agreed.roles]
        sentences += _compared(account.roles, wanted, _("Roles there: %(has)s. Agreed here: %(wanted)s."))
    if "projects" in columns:
        wanted = [project.project_name for row in granted for project in row.staff.projects.all()]
        sentences += _compared(
            account.projects, wanted, _("Projects there: %(has)s. Agreed here: %(wanted)s.")
        )
    return sentences


def _compared(listed: str, wanted: Iterable[str], words: str) -> list[str]:
    has = {matching(part): part.strip() for part in SEPARATORS.split(listed) if part.strip()}
    agreed = {matching(name): name for name in wanted}
    if has.keys() == agreed.keys():
        return []
    nothing = _("none")
    return [
        words % {"has": "; ".join(has.values()) or nothing, "wanted": "; ".join(agreed.values()) or nothing}
    ]


def _remember_sign_in(batch: Sequence[HmisAccount], listed_on: dt.date) -> None:
    """For the rule that a course is taken again after months without use; a later sign-in is never made an earlier one."""
    newest: dict[int, dt.date] = {}
    for account in batch:
        if account.person_id and account.last_sign_in and account.last_sign_in <= listed_on:
            newest[account.person_id] = max(account.last_sign_in, newest.get(account.person_id, dt.date.min))
    people = list(User.objects.filter(pk__in=newest).only("hmis_signed_in_on", "hmis_listed_on"))
    for person in people:
        person.hmis_signed_in_on = max(newest[person.pk], person.hmis_signed_in_on or dt.date.min)
        person.hmis_listed_on = max(listed_on, person.hmis_listed_on or dt.date.min)
    User.objects.bulk_update(people, ["hmis_signed_in_on", "hmis_listed_on"])


def _of_rights(user_list: HmisUserList) -> Iterator[list[Difference]]:
    """People who have access here and no open account there."""
    own = HmisAccount.objects.filter(list=user_list, person=OuterRef("staff__user"), second=False)
    rights = (
        Access.objects.filter(state=Access.State.GRANTED)
        .exclude(Exists(own.filter(active=True)))
        .annotate(off=Exists(own.filter(active=False)))
        .select_related("staff__agency")
        .order_by("pk")
    )
    last = 0
    while batch := list(rights.filter(pk__gt=last)[:BATCH]):
        yield [
            Difference(
                kind=Kind.NO_ACCOUNT, key=f"{Kind.NO_ACCOUNT}:{row.pk}", user_name=row.account_name, access=row,
                name=row.staff.name, organization=row.staff.agency.name, why=_why_no_account(row),
            )
            for row in batch
        ]  # fmt: skip
        last = batch[-1].pk


def _why_no_account(row: Access) -> str:
    if row.off:  # type: ignore[attr-defined]
        return _("The account is switched off in the HMIS, and access is granted here.")
    if row.account_name:
        return _("The list has no account “%s” and none with the person’s address.") % row.account_name
    return _("The list has no account with the person’s address.")


def _keep(differences: list[Difference], run: dt.datetime) -> int:
    for difference in differences:
        difference.seen_at, difference.found_at, difference.over_at = run, run, None
    Difference.objects.bulk_create(
        differences, update_conflicts=True, unique_fields=["key"],
        update_fields=["user_name", "name", "organization", "access", "why", "seen_at", "over_at"],
    )  # fmt: skip
    return len(differences)


def _put_away(user_list: HmisUserList, run: dt.datetime) -> None:
    """What is no longer so; and what was confirmed as done before this list was made and is still so, is open again."""
    gone = Difference.objects.filter(seen_at__lt=run, over_at=None)
    gone.filter(asked_at=None).delete()
    gone.update(over_at=run)
    still = Difference.objects.filter(seen_at=run, done_at__lt=user_list.uploaded_at)
    still.update(asked_by=None, asked_at=None, done_by=None, done_at=None)


def compare_newest() -> int:
    """Every night: rights change without a new list. Nothing without a list."""
    newest = HmisUserList.objects.first()
    return compare(newest) if newest else 0


def open_differences(kind: str = "") -> QuerySet[Difference]:
    """Those that stand today and are not confirmed as done."""
    rows = Difference.objects.filter(over_at=None, done_at=None)
    return rows.filter(kind=kind) if kind else rows
