"""The same workers, queue and counted effects as where the protocol of jobs is tested."""

from tests.workers.conftest import applied, redis, start_worker

__all__ = ["applied", "redis", "start_worker"]
