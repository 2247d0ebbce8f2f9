"""The platform is hurt on purpose, under load, and looked at from outside.

`python -m tests.faults --minutes 2 --seed 7 --json FILE` runs faults at random; the tests here are
its short form, each with a naive control that must fail.
"""
