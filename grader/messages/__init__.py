"""For authors: what there is to translate, and whether it is translated. Uses Babel, which students need not have."""
