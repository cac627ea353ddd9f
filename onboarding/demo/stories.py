"""The stories of the demo: six agencies, each walked to its point of the journey."""

from collections.abc import Callable

from agencies import permissions
from agencies.models import AccessLevel, AgencyRole, HmisRole, User
from agencies.services import invitations
from agencies.services.invited import account_for
from onboarding.demo import walk
from onboarding.demo.agencies import DOMAIN, Demo, ListedPerson
from onboarding.models import SectionKey
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb


def coordinator(first: str, last: str, email: str) -> ListedPerson:
    return ListedPerson(first, last, email, HmisRole.HDC, AccessLevel.AGENCY)


HMIS_STAFF = (
    ("admin", "Alex", "Admin", "HMIS Administrator", permissions.HMIS_ADMIN),
    ("admin2", "Ada", "Second", "HMIS Administrator", permissions.HMIS_ADMIN),
    ("lead", "Lee", "Lead", "Director, Lead Agency", permissions.LEAD_SIGNATORY),
    ("trainer", "Terry", "Trainer", "HMIS Trainer", permissions.TRAINER),
    ("auditor", "Audrey", "Auditor", "Auditor", permissions.AUDITOR),
)


def harbor_house(demo: Demo) -> None:
    """The director's agency: requirements confirmed, MOU waiting for its signatory, application begun."""
    director = demo.account("director", "Dana", "Director", "Executive director")
    agency, manager = demo.open(director, "Harbor House, Inc.", "Hartford", "061234567")
    invited = invitations.invite(
        agency=agency,
        email=f"coordinator@{DOMAIN}",
        role=AgencyRole.EDITOR,
        by=director,
        first_name="Chris",
        last_name="Coordinator",
        title="HMIS Data Coordinator",
    )
    walk.accept_invitation(invited, demo.password)
    signatory = account_for(
        f"signatory@{DOMAIN}", first_name="Sidney", last_name="Signatory", title="Chair of the board"
    )
    demo.name_signatory(agency, manager, signatory)
    demo.fill(
        agency,
        manager,
        town="Hartford",
        staff=[coordinator("Chris", "Coordinator", invited.user.email)],
        whole=False,
    )
    demo.say(f"{agency}: the MOU waits for its signatory, the application is begun")


def elm_street(demo: Demo) -> None:
    """Sent, waiting for review."""
    director = demo.account("director.elm", "Erin", "Elm", "Executive director")
    agency, manager = demo.open(director, "Elm Street Family Services", "Middletown", "061234568")
    demo.sign(agency, manager)
    demo.fill(
        agency,
        manager,
        town="Middletown",
        staff=[coordinator("Enid", "Engel", f"enid@{DOMAIN}"), ListedPerson("Emil", "Ek", f"emil@{DOMAIN}")],
    )
    demo.send(agency, manager)
    demo.say(f"{agency}: sent, waiting for review")


def river_valley(demo: Demo) -> None:
    """Changes requested."""
    director = demo.account("director.river", "Rosa", "Rivera", "Executive director")
    agency, manager = demo.open(director, "River Valley Outreach", "New London", "061234569")
    demo.sign(agency, manager)
    demo.fill(agency, manager, town="New London", staff=[coordinator("Remy", "Roth", f"remy@{DOMAIN}")])
    application, admin = demo.send(agency, manager), demo.hmis["admin"]
    perform(application, ApplicationVerb.TAKE, by=admin)
    application.remarks.create(
        section=SectionKey.AGENCY,
        field="towns",
        place="Towns served",
        text="Name each town: the coordinated access network needs the list.",
        written_by=admin,
    )
    perform(application, ApplicationVerb.REQUEST_CHANGES, by=admin)
    demo.say(f"{agency}: changes requested")


def charter_oak(demo: Demo) -> None:
    """Approved, waiting for the Lead's signature."""
    director = demo.account("director.oak", "Omar", "Oakes", "Executive director")
    agency, manager = demo.open(director, "Charter Oak Supportive Housing", "New Britain", "061234570")
    demo.sign(agency, manager)
    demo.fill(agency, manager, town="New Britain", staff=[coordinator("Olive", "Ortiz", f"olive@{DOMAIN}")])
    demo.approve(demo.send(agency, manager))
    demo.say(f"{agency}: approved, waiting for the counter-signature")


def shoreline(demo: Demo) -> None:
    """Executed; staff@ has training to do."""
    director = demo.account("director.shore", "Sam", "Shore", "Executive director")
    agency, manager = demo.open(director, "Shoreline Youth Project", "New Haven", "061234571")
    demo.sign(agency, manager)
    listed = [
        coordinator("Sonia", "Silva", f"sonia@{DOMAIN}"),
        ListedPerson("Sasha", "Staff", f"staff@{DOMAIN}"),
    ]
    demo.fill(agency, manager, town="New Haven", staff=listed)
    demo.approve(demo.send(agency, manager))
    demo.counter_sign(agency)
    for person in demo.join(agency):
        if person.user.email == f"sonia@{DOMAIN}":
            demo.train(agency, person)
    demo.say(f"{agency}: the MOU is executed, staff are in training")


def quinnipiac(demo: Demo) -> None:
    """Live."""
    director = demo.account("director.quinn", "Quincy", "Quinn", "Executive director")
    agency, manager = demo.open(director, "Quinnipiac Shelter", "Waterbury", "061234572")
    colleague = demo.account("manager.quinn", "Quimby", "Quay", "Program manager")
    invitations.give(colleague, agency, AgencyRole.MANAGER)
    demo.sign(agency, manager)
    listed = [
        coordinator("Quentin", "Quist", f"quentin@{DOMAIN}"),
        ListedPerson("Qiana", "Quick", f"qiana@{DOMAIN}"),
    ]
    demo.fill(agency, manager, town="Waterbury", staff=listed)
    demo.approve(demo.send(agency, manager))
    demo.counter_sign(agency)
    for person in demo.join(agency):
        demo.train(agency, person)
    demo.grant(agency)
    demo.say(f"{agency}: live, access granted")


# By the director's account, which is the first thing a story makes.
STORIES: dict[str, Callable[[Demo], None]] = {
    "director": harbor_house,
    "director.elm": elm_street,
    "director.river": river_valley,
    "director.oak": charter_oak,
    "director.shore": shoreline,
    "director.quinn": quinnipiac,
}


def is_unfinished() -> bool:
    """Whether the demo was begun in this database and interrupted."""
    count = User.objects.filter(email__in=[f"{name}@{DOMAIN}" for name in STORIES]).count()
    return 0 < count < len(STORIES)


def make(demo: Demo) -> None:
    """Make what is not there yet: an interrupted demo goes on with the next agency."""
    for name, first, last, title, group in HMIS_STAFF:
        known = User.objects.filter(email=f"{name}@{DOMAIN}").first()
        demo.hmis[name] = known or demo.hmis_person(name, first, last, title, group)
    for director, story in STORIES.items():
        if not User.objects.filter(email=f"{director}@{DOMAIN}").exists():
            story(demo)
