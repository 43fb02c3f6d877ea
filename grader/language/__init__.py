"""What a student reads, in the student's language. English is what the source says; the rest stands in catalogues."""
