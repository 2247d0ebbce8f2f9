#!/bin/sh
# Install a locked set of packages and this project into .venv: install.sh PYTHON run|development
set -eu
python=$1
set_name=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Solidare needs Python 3.11 or newer; '$python' is not. Try: make run PYTHON=python3.13" >&2
    exit 1
fi

if [ ! -x .venv/bin/python ]; then
    # Some systems ship venv without its pip; then the pip beside that Python does the work.
    "$python" -m venv .venv >/dev/null 2>&1 || "$python" -m venv --without-pip .venv
fi
if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    pip() { .venv/bin/python -m pip --disable-pip-version-check "$@"; }
else
    pip() { "$python" -m pip --python .venv/bin/python --disable-pip-version-check "$@"; }
fi

echo "Installing the packages of requirements/$set_name.txt into .venv, about a minute…"
pip install --quiet --require-hashes --requirement "requirements/$set_name.txt"
pip install --quiet --no-deps --no-build-isolation --editable .
touch ".venv/installed-$set_name"
if [ "$set_name" = development ]; then
    touch .venv/installed-run # the larger set holds the smaller one, at the same versions
fi
