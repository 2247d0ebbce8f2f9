"""`python -m workers` is one worker process."""

from workers.settings import WorkerSettings, serve

serve(vars(WorkerSettings))
