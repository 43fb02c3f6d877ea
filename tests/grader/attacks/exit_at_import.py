"""Ends the process while it is being imported, with the code that means success."""
# expect double: 0 crashed
import os

os._exit(0)
