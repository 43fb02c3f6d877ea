"""Never finishes being imported."""
# expect double: 0 timeout
while True:
    pass
