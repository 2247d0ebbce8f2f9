"""Long hunts for a broken promise; a short form of each runs with the tests."""
