"""The `grade` command: a module per command, which parses, calls one function and prints."""
