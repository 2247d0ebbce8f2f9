"""Kinds of work that stand in for all: the load never asks for either of them itself."""

from app.outbox import Job

COUNTED, POISON = Job.OPEN_DISPUTE, Job.REPORT_STAY
EFFECTS = "CREATE TABLE IF NOT EXISTS fault_effect (job_id bigint NOT NULL, ref bigint NOT NULL)"
PULSES = "CREATE TABLE IF NOT EXISTS fault_pulse (at timestamptz NOT NULL DEFAULT now())"
