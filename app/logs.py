"""Logs say what happened, never to whom: keys outside the list are dropped."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.settings import Settings

# A name that is not here does not reach a log, whatever a tired colleague passes.
KEPT = frozenset(
    {
        "event", "level", "timestamp", "error", "exception", "exc_info", "method", "status",
        "duration_ms", "job", "job_id", "starts", "count", "kind", "host", "port", "version",
    }
)  # fmt: skip


def keep_harmless(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {key: value for key, value in event.items() if key in KEPT}


def name_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Where it failed, without the values: messages of exceptions may quote what people typed."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        event["exception"] = f"{type(error).__name__} at " + " > ".join(frames[-6:])
    return event


def configure_logs(settings: Settings) -> None:
    """JSON lines in production, coloured lines in development; both to standard error."""
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.is_production
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_exception,
            keep_harmless,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
