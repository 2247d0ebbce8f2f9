"""How the platform speaks HTTP: the front door, access marks, forms, pages, errors.

Nothing here knows a domain; domains hand it their answers.
Handlers are denied by default: each one carries an access mark.
"""
