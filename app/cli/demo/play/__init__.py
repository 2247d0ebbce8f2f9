"""One day of the platform, lived from outside: real pages, real API, real workers, real letters.

Some people use the pages without JavaScript, others let a program act for them. Nothing here
writes to the database but the registration of those programs' owners; it only looks.
"""
