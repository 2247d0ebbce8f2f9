"""`solidare run` and `solidare worker`: one process each."""

import os
import sys

import click
import uvicorn


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def run(host: str, port: int, workers: int) -> None:
    """Serve the pages and the API."""
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


@click.command()
@click.option(
    "--lane",
    "lanes",
    multiple=True,
    type=click.Choice(["codes", "letters", "pairings", "plans"]),
    help="Only these kinds of work beside the small ones; may be repeated. All unless given.",
)
def worker(lanes: tuple[str, ...]) -> None:
    """Run background jobs: matching, letters, tidying."""
    os.execv(sys.executable, [sys.executable, "-m", "workers", *lanes])  # noqa: S606 - our own words
