"""From what was handed in to Submissions. What students hand in is hostile by assumption."""
