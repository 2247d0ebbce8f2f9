"""Where help happens: the places people name and the coarse cell the world may see.

A place is looked up once, when it is saved; its public cell of about one kilometre is fixed then.
Searches, distances, maps and messages know the cell only, and the exact address stands apart.
"""
