"""Grades as people read them."""
