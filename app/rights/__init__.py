"""What people may ask about themselves: to see it, to take it along, to have it forgotten.

One table says what is kept, why and until when; the privacy page shows it and a sweep enforces it.
Who is erased leaves a tombstone here and a line on a list outside, so that no older copy of the
database brings them back.
"""
