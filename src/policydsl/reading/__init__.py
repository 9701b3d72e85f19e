"""Documents of an office → their text, tables and sections, each character with its place."""
