"""A believable Brussels, and a day in it: for looking around, for showing, for trying out.

- What is drawn depends on the seed and the day alone; nobody in it exists.
- Contacts are example.org addresses and 0470 00 xx xx numbers; nothing leaves the house.
- Every row is made by the actions that people's own acts call; the ledger is never written by hand.
"""
