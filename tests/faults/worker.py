"""The real worker with every real job; two kinds stand in for work that can be counted or kills.

`python -m tests.faults.worker [plain-id]`: the last word leaves the start out of the queue's ids.
"""

import os
import signal
import sys
from importlib import import_module
from typing import Any

from tests.faults import clock


def main() -> None:
    """The clock first: what is imported after it sees no other."""
    clock.install()
    counting: Any = import_module("tests.faults.counting")
    if "plain-id" in sys.argv[1:]:
        counting.forget_starts()
    # Whoever starts us may have left these to be ignored.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.setdefault("SOLIDARE_FAULTS", "1")
    counting.serve()


if __name__ == "__main__":
    main()
