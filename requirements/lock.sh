#!/bin/sh
# Write the three locks: exact versions and hashes, no address of any registry. lock.sh UV [OPTION...]
set -eu
uv=$1
shift

compile() {
    name=$1
    shift
    "$uv" pip compile pyproject.toml --group build --output-file "requirements/$name.txt" \
        --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet \
        --no-emit-index-url --no-emit-find-links "$@"
}

# The largest set is solved first; the others take its versions.
compile development --extra embedded --extra dev "$@"
compile run --extra embedded --constraint requirements/development.txt
compile production --constraint requirements/development.txt
