"""Names in any writing: each is sealed, the seal holds for the code that judges it later, and the name stays whole."""

import pytest
from asn1crypto.x509 import Name

from hmis_portal import mail
from hmis_portal.accounts.factors.second_factor import SecondFactorAdapter
from hmis_portal.models import PortalSettings, StoredDocument
from hmis_portal.signing import tasks
from hmis_portal.signing.agreeing import before_signing, requests, revisions
from hmis_portal.signing.models import Revision, SealJob, SignatureAct
from hmis_portal.signing.sealing import certificates, holding, key_files, seal
from hmis_portal.signing.sealing.subjects import fitting
from hmis_portal.typesetting import pdf
from tests.hmis_portal.signing.writings import stamp
from tests.onboarding.helpers import settings_are

NAMES = {
    # from public reports: what stands in the certificate
    "Beit Shalom בית שלום": "Beit Shalom",
    "Kim 🌈 Park": "Kim Park",
    "محمد الأنصاري Jr.": "محمد الأنصاري",
    "مركز الأمل (فرع 2)": "مركز الأمل (فرع",
    "Casa � Niño": "Casa Niño",
    "Ngā Whare ʻOhana ꞌEha": "Ngā Whare ʻOhana Eha",
    "N" * 70: "N" * 64,
    "م" * 40: "م" * 32,
    # our own
    "O’Hara & Sons, “The Néw Haven” Inc.": "O’Hara & Sons, “The Néw Haven” Inc.",
    "มูลนิธิบ้านพักใจ": "มูลนิธิบ้านพักใจ",
    "תּוֹדָה רַבָּה לְךָ": "תּוֹדָה רַבָּה לְך",
    "12 בית חולים": "בית חולים",
    "مركز ٢٠٢٦": "مركز",
    "2-1-1 Дом 希望": "2-1-1 Дом 希望",
    "e\u0301" * 40: "é" * 32,
    "x" + "e\u0327\u0330" * 40: "x" + "ȩ\u0330" * 15,
    "🌈🌈": "U+1F308 U+1F308",
    "\u200d\ufe0f": "U+200D U+FE0F",
    "‮Harbor\u00ad House": "Harbor House",
    "ﺑﻴﺖ": "بيت",
    "  \t ": "",
}


@pytest.mark.parametrize(("name", "stands"), NAMES.items())
def test_a_certificate_has_the_name_in_a_form_that_is_compared(name, stands):
    assert fitting(name) == stands
    assert len(stands.encode()) <= 64
    assert Name.build({"common_name": stands or "-"}).hashable


def test_letters_that_some_versions_of_python_compare_stand_as_they_are_or_as_code_points():
    """Cherokee: its small letters are newer than Unicode 3.2, and not every Python takes them for that."""
    stands = fitting("ᏣᎳᎩ")
    assert stands in ("ᏣᎳᎩ", "U+13E3 U+13B3 U+13A9")
    assert Name.build({"common_name": stands}).hashable


@pytest.fixture(scope="module")
def small_file():
    """A small file with a field to sign, and what is drawn into it."""
    field = pdf.SignatureField("agency", "Signature", "sign")
    html = '<html lang="en"><title>T</title><body><div id="sign">x</div></body></html>'
    fields = [pdf.SignatureField(seal.PORTAL_FIELD, "Seal of the portal"), field]
    return pdf.render(html, identifier=b"x", fields=fields), stamp("N")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_signed_in_that_name_is_sealed_and_the_seal_holds(db, small_file, name):
    data, drawn = small_file
    certified = seal.certify(data).data
    sealed = seal.seal(certified, field="agency", name=name, organization=name, stamp=drawn).data
    assert holding.holds(sealed, 2, changes=False)
    assert holding.seals(sealed, changes=False)[1].name == name


def test_pages_messages_seals_and_authenticators_carry_the_portals_name(cast, client_of, small_file):
    settings_are(hmis_name="Nutmeg HMIS")
    assert PortalSettings.load().name == "Nutmeg HMIS Onboarding Portal"
    settings_are(portal_name="Nutmeg Harbor")
    assert "Nutmeg Harbor</title>" in client_of(cast.director).get("/support/").text
    assert mail.sender() == "Nutmeg Harbor <portal@localhost>"
    assert "issuer=Nutmeg%20Harbor" in SecondFactorAdapter().build_totp_url(cast.director, "SECRET")
    sealed = seal.certify(small_file[0])
    assert holding.seals(sealed.data, changes=False)[0].name == "Nutmeg Harbor"
    assert "O=Nutmeg Harbor" in certificates.from_pem(sealed.certificate).subject.rfc4514_string()


def test_an_mou_between_such_names_is_executed_and_names_both_in_full(cast, issue, sign):
    cast.agency.legal_name = "Beit Shalom בית שלום"
    cast.signatory.first_name, cast.signatory.last_name = "Kim 🌈", "Park"
    request = issue()
    sign(requests.party(request, "agency"))
    assert not before_signing.against(
        requests.party(request, "lead"), requests.to_read(requests.party(request, "lead"))
    )
    sign(requests.party(request, "lead"))
    assert request.certificate
    assert SignatureAct.objects.get(party__role="agency").legal_name == "Kim 🌈 Park"
    assert "The seal of Kim 🌈 Park holds." in [
        one.words
        for one in before_signing.checks(requests.party(request, "lead"), requests.final_pdf(request))
    ]


def test_a_seal_that_does_not_hold_is_never_handed_on(issue, settings, tmp_path):
    """As when the file of the sealing key ends with the root of another."""
    (key, root), (_other_key, other) = (certificates.make_root(development=False) for _ in range(2))
    authority_key, authority = key_files.new_authority(key, root)
    file = tmp_path / "seal.pem"
    file.write_text(
        certificates.key_pem(authority_key) + certificates.pem(authority) + certificates.pem(other)
    )
    settings.SEAL_CA_FILES = [str(file)]
    request = issue(commit=False)
    with pytest.raises(revisions.SealDoesNotHoldError):
        tasks.make_file(str(request.pk), Revision.CERTIFIED)
    assert not Revision.objects.exists()
    assert not StoredDocument.objects.exists()
    assert "do not hold" in SealJob.objects.get().error
