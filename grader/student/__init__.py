"""What a student does with a kit: find the work, have it checked, ask for hints, pack it."""
