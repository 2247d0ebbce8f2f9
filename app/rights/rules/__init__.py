"""Terms, consequences and the shape of what a person takes along."""
