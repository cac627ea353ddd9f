"""A signatory adds a passkey and signs the MOU with it: real Chromium, with an authenticator of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import SCREENS, Camera
from tests.browser.person import PASSWORD, Person
from tests.browser.signing import appears, confirms_identity, consents, file_is_made, reads_every_clause
from tests.servers import LivePortal

pytestmark = pytest.mark.browser

MAKE = """
from allauth.account.models import EmailAddress
from agencies.models import User
from agencies.services import opening
from onboarding.mou import agreement
user = User.objects.create_user({email!r}, {password!r}, first_name="Petra", last_name="Key")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
facts = {{"legal_name": "Key Street House", "ein": "", "city": "Hartford", "phone": "860 555 0100",
         "services": ["emergency_shelter"], "victim_service_provider": False}}
agency = opening.open_agency(by=user, facts=facts, title="Executive director")
agreement.issue(agency=agency, by=user, signer=agreement.Signer(user.email, "Petra", "Key", "Chair of the board", "Bylaws"))
answer = str(agency.pk)
"""
EVIDENCE = """
from hmis_portal.signing.agreeing.evidence import passkeys
from hmis_portal.signing.models import SignatureAct
act = SignatureAct.objects.get(user__email={email!r})
answer = [act.method, passkeys.holds(act), act.assertion["counter"]]
"""
EMAIL = "petra@key.example"


@pytest.fixture
def petra(live_portal: LivePortal, browser: Browser) -> Iterator[Person]:
    person = Person(browser, live_portal.base_url, Camera(SCREENS / "passkey"))
    yield person
    person.close()


def has_an_authenticator(person: Person) -> tuple:
    """As a laptop with a fingerprint reader: `present` says whether its owner touches it."""
    session = person.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable", {"enableUI": False})
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def test_the_mou_is_signed_with_a_passkey(live_portal: LivePortal, petra: Person) -> None:
    agency = live_portal.shell(MAKE.format(email=EMAIL, password=PASSWORD))
    session, device = has_an_authenticator(petra)
    petra.sign_in(EMAIL)
    petra.see("Your six steps")
    petra.open("/accounts/2fa/webauthn/add/")
    if petra.page.locator("h1").inner_text() == "Confirm that it is you":
        confirms_identity(petra)
    petra.see("Add a passkey or security key", "add")
    petra.fill({"name": "Laptop"})
    petra.press("Add this passkey")
    petra.page.wait_for_url(lambda url: "webauthn/add" not in url)

    petra.open(f"/agencies/{agency}/mou/consent/")
    consents(petra)
    petra.follow("The whole text on one page")
    reads_every_clause(petra)
    file_is_made(petra)
    petra.reads("Next you sign with your passkey")
    petra.fill({"authorized": "on", "typed_name": "Petra Key"})
    petra.press("Sign the MOU")
    petra.see("Sign with your passkey", "passkey")
    petra.reads("Nothing is signed yet", "I, Petra Key, sign")

    # Nobody touches the reader: the page says so, nothing is signed, and the button can be pressed again.
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    petra.press("Sign with your passkey")
    petra.reads("Your passkey was not used")
    petra.see("Sign with your passkey", "passkey-failed")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    petra.press("Sign with your passkey")
    petra.see("Your agency’s MOU", "signed")
    petra.reads("Signed.")
    method, holds, counter = live_portal.shell(EVIDENCE.format(email=EMAIL))
    assert (method, holds) == ("passkey", True)
    assert counter > 0
    appears(petra, "MOU signed by the agency")
    assert not petra.camera.problems, petra.camera.problems
