"""Runs a property over many invented cases; a control shows that it would notice a fault."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.matching.strategies import Case, cases

Property = Callable[[Case], None]


def hunt(check: Property, *, examples: int = 60, of: SearchStrategy[Case] | None = None) -> None:
    """AssertionError if any case breaks the property; unshrunk, so that controls stay quick."""
    run = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run(given(cases() if of is None else of)(check))()


def must_fail(
    check: Property, *, examples: int = 600, of: SearchStrategy[Case] | None = None
) -> None:
    """The control: this naive check has to be caught."""
    with pytest.raises(AssertionError):
        hunt(check, examples=examples, of=of)
