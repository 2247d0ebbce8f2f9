"""What people answer, one question a page, and how answers become a draft of a post."""
