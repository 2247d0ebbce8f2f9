"""What people need and what people offer, said with as little text as possible.

A post names a category, a coarse place, times and how many; there is never a price or a return.
It lives until it is fulfilled, withdrawn or grown old, and full is derived, never stored.
"""
