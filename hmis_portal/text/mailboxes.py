"""Addresses that several people read by their name: a portal that sends sign-in codes asks before it takes one."""

import re
from itertools import pairwise

# A mailbox of a desk, an office or everybody; of a role that one person holds ("director") nothing can be told.
_SHARED = frozenset(
    (
        "info", "information", "office", "mainoffice", "frontoffice", "desk", "frontdesk", "helpdesk",
        "servicedesk", "reception", "intake", "intakes", "admissions", "contact", "contactus", "hello",
        "mail", "email", "inbox", "mailbox", "general", "enquiries", "enquiry", "inquiries", "inquiry",
        "help", "support", "team", "allstaff", "everyone", "everybody", "shared", "volunteers", "hotline",
        "casemanagers", "casemanagement", "referrals", "shelter", "outreach", "housing", "programs",
        "services", "scheduling", "dispatch", "billing", "invoices", "accounting", "accountspayable",
        "payroll", "hr", "humanresources", "jobs", "careers", "donate", "donations", "fundraising",
        "marketing", "media", "press", "events", "newsletter", "webmaster", "postmaster", "noreply",
        "donotreply", "notifications",
    )
)  # fmt: skip


def is_shared(address: str) -> bool:
    """Whether an address, or a part of it between dots and hyphens, is named as a mailbox of several people."""
    local = address.rpartition("@")[0].casefold().partition("+")[0]
    parts = [re.sub(r"\d", "", part) for part in re.split(r"[._-]", local)]
    pairs = [f"{part}{other}" for part, other in pairwise(parts)]
    return not _SHARED.isdisjoint((*parts, *pairs, "".join(parts)))
