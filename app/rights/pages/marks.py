"""What opens the most private pages: a proof of the last minutes, beside being signed in."""

from app.web import access

FRESH = access.SIGNED_IN | access.FRESH
