"""The gates of the interface, measured in a real browser over every page of the application."""
