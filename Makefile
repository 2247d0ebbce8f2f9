# Both commands need only Python >= 3.11 with pip. They make .venv from the hashed locks,
# and again only when a lock has changed. Another Python: make run PYTHON=python3.13
PYTHON ?= python3
UV ?= uv

run: .venv/installed-run
	@.venv/bin/solidare up

test: .venv/installed-development
	@.venv/bin/pytest

.venv/installed-run: requirements/run.txt
	@sh requirements/install.sh "$(PYTHON)" run

.venv/installed-development: requirements/development.txt
	@sh requirements/install.sh "$(PYTHON)" development

# Renew the locks (needs uv): make lock UPGRADE=--upgrade
lock:
	@sh requirements/lock.sh "$(UV)" $(UPGRADE)

.PHONY: run test lock
