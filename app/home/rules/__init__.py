"""What the pages of everybody rest on: help lines, letters and first choices."""
