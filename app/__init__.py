"""The platform: folders are the business, files are the plumbing."""
