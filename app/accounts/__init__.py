"""People with the least data: a name to be called by, languages, and one proven contact.

They sign in with a six-digit code and stay signed in on devices they can see and end.
Roles beyond person are grants with a scope and a term; blocks are silent and symmetric.
"""
