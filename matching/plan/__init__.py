"""The batch plan: among everything open, who is asked now, so that most are served.

Live proposals hold what they have. Where demand passes supply, a reserve is kept for the pressed.
First choices serve as many as can be served, the most pressing first, by an exact flow. Further
proposals go where they gain most, and no row is flooded. Loads the compiler: workers only.
"""

from matching.plan.batch import PlanError, match
from matching.plan.reserve import arrivals, reserve
from matching.plan.result import Result, Statistics

__all__ = ["PlanError", "Result", "Statistics", "arrivals", "match", "reserve"]
