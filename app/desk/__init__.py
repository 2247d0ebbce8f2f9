"""The table at which people work for people: thirty clients at a glance, and what each waits for.

Whoever sits here proposes by hand, writes down helpers who have no internet, and hands cases over.
It stands above exchanges, because a desk asks of every domain; it keeps no rows of its own.
"""
