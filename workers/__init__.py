"""The floor above the platform: job rows go to the queue, come back as work, are done once."""

import os
import tempfile
from pathlib import Path

# The compiler keeps its code beside ours, else in the home folder. A container may have neither:
# then each process compiles for itself. It must be told before it is loaded.
_PLACES = (Path(__file__).parents[1] / "matching", Path.home())
if not any(os.access(place, os.W_OK) for place in _PLACES):
    os.environ.setdefault("NUMBA_CACHE_DIR", tempfile.mkdtemp(prefix="solidare-compiled-"))
