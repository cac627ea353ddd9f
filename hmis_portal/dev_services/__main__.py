"""`python -m hmis_portal.dev_services exec -- COMMAND`: run a command with the servers up."""

import argparse
import subprocess
import sys

from hmis_portal.dev_services import BASE_DIR, start, start_scratch
from hmis_portal.dev_services.postgres import Postgres
from hmis_portal.dev_services.processes import (
    ServiceError,
)


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
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        run.error("a command is needed")
    try:
        services = start_scratch() if options.scratch else start(BASE_DIR / "var" / options.data, share=True)
    except ServiceError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    try:
        if options.empty and services.postgres is not None:
            services.postgres.create_database(Postgres.name)
        environment = {"PORTAL_DEBUG": "1", **services.environment()}
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
