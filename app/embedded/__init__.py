"""The embedded default: a private PostgreSQL and Valkey, started where no server is configured.

They are the real servers, taken from wheels and run as children that die with their parent.
Data, passwords and logs stay in one folder, so nothing is lost between two starts.
"""

from app.embedded.database import postgres
from app.embedded.environment import DEFAULT_FOLDER, platform, read_environment
from app.embedded.folder import CannotStart
from app.embedded.launch import die_with_parent
from app.embedded.mail import mail_catcher
from app.embedded.queue import valkey

__all__ = [
    "DEFAULT_FOLDER",
    "CannotStart",
    "die_with_parent",
    "mail_catcher",
    "platform",
    "postgres",
    "read_environment",
    "valkey",
]
