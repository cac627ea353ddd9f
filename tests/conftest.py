"""Servers, strict templates, no network, and the fixtures every test uses."""

import gc
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import time_machine

from hmis_portal import dev_services
from hmis_portal.running.stack import in_one_piece
from tests import chromium, databases, servers

# Settings are loaded after this file, so the addresses must be in the environment by now. The controlling process
# starts the servers; the processes of pytest-xdist inherit its environment.
_is_worker = "PYTEST_XDIST_WORKER" in os.environ
# Looking for garbage as often as by default took an eighth of the processor's time.
gc.set_threshold(50_000, 10, 10)
_services = None
_scratch: Path | None = None
if not _is_worker:
    _scratch = servers.scratch_folder()
    servers.prepare_environment(_scratch)
    _services = dev_services.start_scratch()
    os.environ.update(DATABASE_URL=_services.database_url, REDIS_URL=_services.redis_url)
else:
    servers.apart_from_the_others(os.environ["PYTEST_XDIST_WORKER"])

BASE_DIR = servers.BASE_DIR
# Where `make test` looks for tests that need the running portal, so that it need not read all others to find them.
LIVE_FOLDERS = ("browser", "faults")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", default="3", help='rounds of each fault trial: a number, or "full" (25)')
    parser.addoption("--pictures", action="store_true", help="the browser tests keep pictures of their pages")
    parser.addoption("--now", help="begin each test at this moment, such as 2027-01-31T23:59:00-05:00")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """A process that inherited the name of the settings would load them before this file says where its folders are."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    from tests import strict_templates

    for engine in settings.TEMPLATES:
        engine["OPTIONS"]["string_if_invalid"] = strict_templates.MissingVariable("%s")
    strict_templates.watch_silence()
    # Tests and what they need have room for their frames, as requests have.
    pytest.Function.runtest = in_one_piece(pytest.Function.runtest)  # type: ignore[method-assign]
    pytest.Function.setup = in_one_piece(pytest.Function.setup)  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _seal_key_of_long_ago() -> None:
    """Tests move the clock back, and no seal holds that is older than its key."""
    from hmis_portal.signing.sealing import key_files

    with time_machine.travel("2020-01-01T00:00:00Z"):
        key_files.authority()


@pytest.fixture(autouse=True)
def _at_another_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """For whoever looks for tests that hold on some days only; the live portal keeps its own time."""
    if moment := request.config.getoption("now"):
        with time_machine.travel(datetime.fromisoformat(moment)):
            yield
    else:
        yield


@pytest.fixture(scope="session", autouse=True)
def _emptied_between_tests() -> Iterator[None]:
    """What a test with real transactions leaves goes away, without making all rights anew as Django does."""
    from django.test import TransactionTestCase

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: databases.empty())
        yield


_written_anew: set[tuple[Any, ...]] = set()


@pytest.fixture(scope="module", autouse=True)
def _each_module_writes_them_anew() -> None:
    _written_anew.clear()


@pytest.fixture(scope="session", autouse=True)
def _statements_are_written_anew() -> Iterator[None]:
    """Whenever a module asks one for the first time, or under other settings, in another language, zone or time: it must
    come out the same, and no row is read for it, so nothing of this moment is kept in it.
    """
    from django.conf import settings
    from django.db import DEFAULT_DB_ALIAS, connection
    from django.utils import timezone, translation

    from hmis_portal.models.written import WrittenQuery, with_constants

    ask = WrittenQuery.__call__

    def no_row(*_question: Any) -> None:
        pytest.fail("A question whose SQL is kept asks the database while it is written.")

    @wraps(ask)
    def compared(statement: Any, **given: Any) -> list[Any]:
        moment = (
            statement,
            settings._wrapped,  # another with each change
            translation.get_language(),
            timezone.get_current_timezone_name(),
            timezone.localdate(),
            *time_machine.traveller_stack,
        )
        if moment not in _written_anew:
            _written_anew.add(moment)
            _rows, _compiler, sql, marks = statement._written
            with connection.execute_wrapper(no_row):
                anew = statement._write().query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            assert with_constants(*anew) == (sql, marks), f"{statement._write} is another one now"
        return ask(statement, **given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WrittenQuery, "__call__", compared)
        yield


@pytest.fixture(autouse=True)
def _each_test_reads_its_own_questions() -> None:
    """In a copied state of the database another version may have the key of one that was read before."""
    from onboarding.sections.answers import published_questions

    published_questions.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _pages_set_once() -> Iterator[None]:
    from hmis_portal.text import references
    from hmis_portal.typesetting import pdf
    from tests.typeset import SetOnce, chance

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "render", SetOnce(pdf.render))
        patch.setattr(references, "secrets", chance)
        yield


@pytest.fixture(autouse=True)
def _same_references_in_each_test(_pages_set_once: None) -> None:
    from tests.typeset import chance

    chance.seed(0)


@pytest.fixture
def set_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is set, also one that was set before."""
    from hmis_portal.typesetting import pdf

    monkeypatch.setattr(pdf, "render", pdf.render.render)  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _services is not None:
        _services.stop()
    if _scratch is not None:
        servers.remove(_scratch)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser and fault tests share one live portal: `-m live` runs them all, in one process.

    The walks through the whole portal come first: the longest at the end would leave the other process without work.
    Next the story whose chapters follow one another: the tests are dealt out in two halves, which must not part it.
    """
    items.sort(
        key=lambda item: (
            item.path.parent != Path(__file__).parent,
            "story" not in getattr(item, "fixturenames", ()),
        )
    )
    for item in items:
        if _is_live(item):
            if item.path.parent.name not in LIVE_FOLDERS:
                raise pytest.UsageError(f"{item.nodeid} needs the running portal: put it in {LIVE_FOLDERS}.")
            item.add_marker(pytest.mark.live)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: nobody looks for garbage in it."""
    gc.collect()
    gc.freeze()


def _is_live(item: pytest.Item) -> bool:
    return "live_portal" in getattr(item, "fixturenames", ()) or bool(
        {"browser", "fault"} & {m.name for m in item.iter_markers()}
    )


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Nothing but this machine is reached."""
    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}

    def guarded(name: str) -> Callable[..., Any]:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
                "127.0.0.1",
                "::1",
                "localhost",
            ):
                pytest.fail(f"A test tried to reach {address[0]}.")
            return real[name](self, address)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in real:
            patch.setattr(socket.socket, name, guarded(name))
        yield


@pytest.fixture(autouse=True)
def _files_to_verify_are_counted_anew() -> None:
    """All tests come from one address, and the cache outlives them."""
    from django.core.cache import cache

    cache.delete("too-often:verify-file:127.0.0.1")


@pytest.fixture(autouse=True)
def _the_zone_of_a_request_ends_with_its_test() -> Iterator[None]:
    """Also where a test did not read what was streamed to its end."""
    from django.utils import timezone

    yield
    timezone.deactivate()


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """`with commits(): …` ends as a real transaction does: what was put off until the commit happens."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def files_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of what is issued or signed are wanted, and no worker has come yet: for tests that open none of them."""
    from hmis_portal.signing import tasks

    monkeypatch.setattr(tasks.make_file, "delay", lambda *_job: None)


@pytest.fixture
def storage_away(tmp_path: Path) -> Callable[..., AbstractContextManager[Any]]:
    """`with storage_away(): …`: the documents folder is not there; with `mount_point` an empty one stands in its place.

    For this process alone: the others' tests keep their documents.
    """

    @contextmanager
    def make(*, mount_point: bool = False) -> Iterator[None]:
        from django.conf import settings
        from django.test import override_settings

        elsewhere = tmp_path / ("mount-point" if mount_point else "not-there")
        if mount_point:
            elsewhere.mkdir(exist_ok=True)
        default = {**settings.STORAGES["default"], "OPTIONS": {"location": str(elsewhere)}}
        with override_settings(STORAGES={**settings.STORAGES, "default": default}):
            yield

    return make


@pytest.fixture(scope="session")
def _kept_states() -> dict[Any, Any]:
    return {}


@pytest.fixture
def once(db: None, _kept_states: dict[Any, Any]) -> Callable[..., Any]:
    """`once(make, *names)` makes a state of the database the first time, and copies it afterwards: see tests/copies.py."""
    from tests.copies import Copies

    return Copies(_kept_states).once


@pytest.fixture
def as_in_production(settings: Any) -> None:
    """The rights of the HMIS side ask for a second factor in the session; the cast has used one."""
    settings.ADMIN_SECOND_FACTOR = True


@pytest.fixture
def cast(once: Any) -> Any:
    """The nine kinds of person, the stranger and their agencies: see tests/cast.py."""
    from hmis_portal.models import PortalSettings, forget_settings
    from tests.cast import make_cast

    # The settings' row is made and cached here, so that no test counts the queries of making it.
    forget_settings()
    made = once(make_cast)
    PortalSettings.load()
    return made


@pytest.fixture
def second(cast: Any) -> Any:
    """Another HMIS Admin than the cast's, for what takes two people."""
    from agencies.permissions import HMIS_ADMIN
    from tests.factories import UserFactory

    return UserFactory(
        email="second@hmis.example", first_name="Sam", last_name="Second", groups=(HMIS_ADMIN,)
    )


@pytest.fixture
def fill(cast: Any, once: Any) -> Callable[[str], dict[str, Any]]:
    """`fill("draft")` makes what an address of tests/rights.py stands for, and says what fills it."""
    from tests.addresses import ARGUMENTS

    return lambda place: once(lambda: ARGUMENTS[place](cast), place)


@pytest.fixture
def full_desk(cast: Any, reference: None, once: Any) -> Iterator[None]:
    """A row of nearly every list of the desk; what people write reads like a template and like HTML."""
    from hmis_portal.models import forget_settings
    from tests.addresses import ARGUMENTS
    from tests.as_typed import write_everywhere

    def make() -> None:
        for key in (
            "message",
            "evidence",
            "certificate",
            "agreement",
            "thread",
            "revision_pdf",
            "invitation",
        ):
            ARGUMENTS[key](cast)
        write_everywhere()

    once(make)
    forget_settings()
    yield
    forget_settings()


@pytest.fixture
def in_november(time_machine: Any) -> None:
    time_machine.move_to("2026-11-22T16:00:00Z", tick=True)


@pytest.fixture
def application(cast: Any, once: Any) -> Any:
    """A draft of the cast's agency, started by its director."""
    from onboarding.application import opening
    from onboarding.readiness import rules

    def make() -> Any:
        rules.load()
        return opening.start(agency=cast.agency, by=cast.director)

    return once(make)


@pytest.fixture
def reference(once: Any) -> None:
    """Courses, MOU text, questions, lists and rights, as a new portal has them."""
    from hmis_portal.management.commands.portal import load_reference

    once(load_reference)


@pytest.fixture
def texts(once: Any) -> None:
    """The texts that people sign."""
    from hmis_portal.signing import reference

    once(reference.load)


@pytest.fixture
def catalogue(once: Any) -> None:
    """The courses, and the texts that people sign."""
    from hmis_portal.signing import reference as signing_reference
    from training import reference

    def load() -> None:
        signing_reference.load()
        reference.load()

    once(load)


@pytest.fixture
def client_of(db: None, commits: Any) -> Callable[[Any], Any]:
    """`client_of(user)` is that person's browser; None is a visitor. Each request commits as in production."""
    from django.test import Client

    from tests.cast import sign_in

    class CommittingClient(Client):
        def request(self, **request: Any) -> Any:
            with commits():
                return super().request(**request)

    def make(user: Any) -> Client:
        client = CommittingClient()
        return sign_in(client, user)

    return make


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Before pytest-django makes this process's database: as a copy of the migrated one."""
    from django.conf import settings

    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = databases.migrated(settings.DATABASE_URL)


@pytest.fixture(scope="session")
def live_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.LivePortal]:
    """A whole running portal with reference content and nobody in it. Restored by whoever breaks it."""
    from django.conf import settings

    folder = servers.scratch_folder()
    name = f"live_{os.getpid()}"
    url = databases.create(settings.DATABASE_URL, name, databases.migrated(settings.DATABASE_URL))
    portal = servers.LivePortal(url, folder)
    yield portal
    portal.stop()
    databases.drop(settings.DATABASE_URL, name)
    servers.remove(folder)


@pytest.fixture
def breakable_portal(live_portal: servers.LivePortal) -> Iterator[servers.LivePortal]:
    """The live portal for a test that kills parts of it: what was lost is swept up soon, and they run again afterwards."""
    live_portal.sweep_often()
    yield live_portal
    live_portal.restore()


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often a fault trial repeats: 3 in `make test`, 25 in `make trial`."""
    given = request.config.getoption("rounds")
    return 25 if given == "full" else int(given)


@pytest.fixture
def record_trial(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep what a full trial found in var/trial.json: name, rounds, lost, doubled."""

    def record(name: str, *, rounds: int, lost: int, doubled: int) -> None:
        if request.config.getoption("rounds") != "full":
            return
        path = BASE_DIR / "var" / "trial.json"
        found = [row for row in json.loads(path.read_text()) if row["name"] != name] if path.exists() else []
        path.write_text(
            json.dumps([*found, {"name": name, "rounds": rounds, "lost": lost, "doubled": doubled}], indent=1)
        )

    return record


@pytest.fixture(scope="session", autouse=True)
def delete_output_dir() -> None:
    """In place of pytest-playwright's, which takes away what a run beside this one is writing to test-results."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium.executable(), "args": chromium.ARGS}


@pytest.fixture
def clamd(settings: Any) -> Iterator[None]:
    """A virus scanner that finds what has the word VIRUS in it."""
    from tests.hmis_portal.files import clamd as scanner

    with scanner.running() as address:
        settings.CLAMD_ADDRESS = address
        yield
