"""Every page fits the narrowest phone, in a script of each direction, and has one main heading."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
