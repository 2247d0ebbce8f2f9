"""Notices that something is wrong, from anyone, with or without an account.

"I don't feel safe" freezes the other side's open matches at once.
A moderator decides with a reason, which is kept and told.
"""
