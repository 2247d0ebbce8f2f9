"""Runs a property over many invented cases; a control shows that it would notice a fault."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.matching.strategies import Case, cases

T = TypeVar("T")
Property = Callable[[Case], None]


def kept(check: Callable[[T], None], of: SearchStrategy[T], examples: int) -> int:
    """How many invented cases kept the property; AssertionError for the first that breaks it.

    Unshrunk, so that controls stay quick.
    """
    count = 0

    def counted(case: T) -> None:
        nonlocal count
        check(case)
        count += 1

    run = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run(given(of)(counted))()
    return count


def hunt(check: Property, *, examples: int = 60, of: SearchStrategy[Case] | None = None) -> int:
    """How many invented markets kept the property; AssertionError if any breaks it."""
    return kept(check, cases() if of is None else of, examples)


def must_fail(
    check: Property, *, examples: int = 600, of: SearchStrategy[Case] | None = None
) -> None:
    """The control: this naive check has to be caught."""
    with pytest.raises(AssertionError):
        hunt(check, examples=examples, of=of)
