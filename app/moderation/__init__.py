"""Notices that something is wrong, from anyone, with or without an account.

"I don't feel safe" freezes the other side's open matches at once.
The dispute of an exchange stands in the same queue, and coordinators read it too.
A moderator decides with a reason, which is kept and told.
"""
