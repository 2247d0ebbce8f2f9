"""Turns the words people use for a place into a point: offline by default, one port for all."""
