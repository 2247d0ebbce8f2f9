"""`python -m workers [LANE ...]` is one worker process; named lanes leave out the others."""

import sys

from workers.settings import WorkerSettings, serve

serve(vars(WorkerSettings), *sys.argv[1:])
