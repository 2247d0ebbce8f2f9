"""What home asks: how much help is open, whether the platform is well, which letters were kept."""
