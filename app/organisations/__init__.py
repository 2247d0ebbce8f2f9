"""Social organisations and the clients they speak for.

A client is an alias known to one organisation; a mandate says what the organisation may do.
The internal note and the public post are different records: only chosen fields cross.
"""
