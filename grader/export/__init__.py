"""From the gradebook to the files that other programs read."""
