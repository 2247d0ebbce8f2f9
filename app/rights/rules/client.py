"""What a client of an organisation may ask: with the code on their paper, or at the desk.

They see all that stands for them, correct it, take it back, take it over, or have it erased.
An organisation's own notes are read at its desk: they may speak of other people too.
"""

from app.i18n import sentence

SOMEBODY_WAITS = sentence("Something is agreed and already confirmed. Call the desk to end it.")
