"""A report of a comparison → files: page, Word, Excel, Markdown, JSON."""
