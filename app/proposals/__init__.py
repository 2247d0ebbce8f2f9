"""Telling two people that they may fit, with the reasons in words.

The engine, a coordinator or a person proposes; each side says yes or no, and nobody asks why.
A declined pair never returns; an accepted one becomes an exchange.
"""
