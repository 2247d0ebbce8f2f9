"""What somebody may do on their first day: whoever looks for victims asks many people at once.

- In the first 24 hours at most five requests to hosts and three people written to first.
- Moderators are told at three requests and at two people; nobody is stopped by that alone.
- Staff and people who work for an organisation are known otherwise: they are not counted.
"""

from datetime import timedelta

FIRST_DAY = timedelta(days=1)
MOST_ASKED = 5
ASKED_ALERT = 3
MOST_CHATS = 3
CHATS_ALERT = 2
