"""What the hunts measured, said once at the end of the run."""

from collections.abc import Callable

import pytest

Figures = Callable[[str], None]
FIGURE = "figure"


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Note a line for the end of the run; it travels with the test's own report."""

    def noted(line: str) -> None:
        record_property(FIGURE, line)

    return noted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = (one for found in terminalreporter.stats.values() for one in found)
    lines = [
        str(value)
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == FIGURE
    ]
    if lines:
        terminalreporter.section("figures of the hunts")
        terminalreporter.write_line("\n".join(lines))
