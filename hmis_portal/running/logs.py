"""Structured logs: one line of JSON an event in production, readable lines in development."""

import re
from typing import Any

import structlog

# Addresses that are keys in themselves: whoever reads the log must not be able to open them.
SECRET_PATHS = re.compile(r"(/invitations/|/confirm-email/|/password/reset/key/)[^\s'\"/\\]+")


def without_secrets(text: str) -> str:
    return SECRET_PATHS.sub(r"\1…", text)


def hide_one_time_links(_logger: object, _method: str, line: str) -> str:
    """Take the secret part out of every address in a finished line: also in what Django says of a refused request, and
    in the lines of a traceback."""
    return without_secrets(line)


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]


def configure_structlog(*, debug: bool) -> None:
    """Route structlog through the standard library, so that Django's and Celery's lines look the same."""
    renderer = structlog.dev.ConsoleRenderer(colors=False) if debug else structlog.processors.JSONRenderer()
    CONFIGURATION["formatters"]["portal"]["processors"] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        renderer,
        hide_one_time_links,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.UnicodeDecoder(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "portal": {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": SHARED, "processors": []}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "portal"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django_structlog": {"level": "INFO"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "pyhanko": {"level": "WARNING"},
    },
}
