"""The engine that looks at needs and offers side by side and says who might help whom.

It takes a frozen snapshot and answers with ranked pairings, each with reasons in words.
It reads no clock, no file, no database and no chance: same snapshot, same answer.
"""
