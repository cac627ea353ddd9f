"""What the parts of the walk share: the running portal, the browser, the persons, the agency."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

from tests.browser.looking import Camera
from tests.browser.person import PASSWORD as PASSWORD
from tests.browser.person import Person as Person
from tests.servers import LivePortal

DIRECTOR = "maria@harbor.example"
COLLEAGUE = "chris@harbor.example"
SIGNATORY = "sidney@harbor.example"
CASE_WORKER = "sasha@harbor.example"
LATE_STARTER = "nora@harbor.example"
ADMIN = "alex@hmis.example"
LEAD = "lee@hmis.example"
TRAINER = "terry@hmis.example"
AGENCY = "Harbor Light House, Inc."


@dataclass
class Story:
    portal: LivePortal
    browser: Browser
    camera: Camera
    agency_id: str = ""
    broken: str = ""  # the chapter in which the walk ended, or that is being told
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, **options: Any) -> Person:
        """This person's browser; a new one the first time."""
        if name not in self.people:
            self.people[name] = Person(self.browser, self.portal.base_url, self.camera, **options)
        return self.people[name]

    def at(self, rest: str = "") -> str:
        """An address of the agency."""
        return f"/agencies/{self.agency_id}/{rest}"

    def close(self) -> None:
        for one in self.people.values():
            one.close()
