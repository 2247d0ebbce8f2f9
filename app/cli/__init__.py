"""The `solidare` command: everything an operator does, one file per family of commands."""
