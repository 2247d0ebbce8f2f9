"""The floor above the platform: job rows go to the queue, come back as work, are done once."""
