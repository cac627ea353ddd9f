"""The letters of a file that does not say how they are written: read rightly or asked about, never garbled."""

import pytest

from hmis_portal.files import letters
from tests.hmis_portal.files.case_files import case

PEOPLE = "First name,Last name,Title\nJosé,Núñez,Case aide – nights\nZoë,O’Hara,“Aide”\nFrançois,MUÑOZ,Ana’s Place\nJoão,Conceição,—"
ENGLISH = "First name,Last name,Title\nJosé,Muñoz,Aide\nZoë,Ibáñez,Aide"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_accents_are_read_rightly(encoding: str) -> None:
    assert letters.decode(PEOPLE.encode(encoding)).text == PEOPLE
    assert letters.is_text(PEOPLE.encode(encoding)[:1024])


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp437"])
def test_a_guess_is_told(encoding: str) -> None:
    found = letters.decode(ENGLISH.encode(encoding))
    assert (found.text, found.guessed) == (ENGLISH, letters.ONE_BYTE[encoding])


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "O’Neil"), ("cp1252", "D’Angelo"), ("cp1252", "Smith — Jones"), ("cp1252", "JOSÉ MUÑOZ"), ("cp1252", "Søren"),
        ("mac_roman", "José"), ("mac_roman", "María"), ("mac_roman", "O’Hara"), ("cp437", "Peña"), ("cp1252", "Raúl"),
    ],
)  # fmt: skip
def test_one_name_is_enough_where_only_one_reading_makes_sense(encoding: str, name: str) -> None:
    found = letters.decode(f"First name,Last name\nAna,{name}".encode(encoding))
    assert (found.text.splitlines()[1], found.guessed) == (f"Ana,{name}", letters.ONE_BYTE[encoding])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_other_scripts_in_utf_16_without_mark(encoding: str) -> None:
    said = "First name,Last name,Title,Work e-mail,Phone,HMIS role\nМария,Дом,希望,Приют,🌈"
    assert letters.decode(said.encode(encoding)).text == said


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1252", "Ana—days"), ("mac_roman", "Ana—days"), ("cp1252", "Luís’s"), ("cp1251", "Мария Дом"), ("cp1250", "Łódź"), ("cp1250", "Dvořák"), ("mac_roman", "Luís"), ("cp1252", "Ana’s"),
        ("cp932", "希望"), ("utf-7", "José"), ("cp1256", "محمد"), ("koi8_r", "Приют"), ("gb18030", "避难所"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_asked_about_and_never_garbled(encoding: str, said: str) -> None:
    found = letters.decode(f"First name,Title\nAna,Aide\n{said},Aide".encode(encoding)).text.splitlines()
    assert not letters.in_doubt(found[1])
    assert letters.in_doubt(found[2]) or found[2] == f"{said},Aide"


def test_one_bad_byte_puts_its_own_row_in_doubt() -> None:
    rows = letters.decode(case("p09-utf8-one-bad-byte.csv")).text.splitlines()
    assert [letters.in_doubt(row) for row in rows] == [False, False, False, False, True]
    assert rows[1].startswith("José,Núñez")
    assert "\ufffd" in letters.shown(rows[4])


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("JosÃ© NÃºÃ±ez", True),
        ("Oâ€™Hara", True),
        ("Jos\ufffd", True),
        ("São João", False),
        ("Дом", False),
        ("Zoë Ã", False),
    ],
)
def test_letters_garbled_before_they_came_are_noticed(text: str, doubt: bool) -> None:
    assert letters.in_doubt(text) is doubt


def test_an_address_with_a_plus_is_not_utf_7() -> None:
    said = "First name,E-mail\nAna,ana+AOk-b@bugs.example\nBen,+1 860-555-0101"
    assert letters.decode(said.encode()).text == said


def test_a_picture_is_no_text() -> None:
    assert not letters.is_text(b"MZ\x00\x01")
    assert not letters.is_text(bytes(range(256)).replace(b"A", b"\x00") + bytes(40))
