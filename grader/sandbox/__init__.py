"""The untrusted side: student code runs here, confined, and only data crosses back."""
