"""What the pages of everybody rest on: help lines, retention, letters and first choices."""
