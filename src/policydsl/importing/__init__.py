"""An office's own document → a policy file, with a report of what was understood."""

from policydsl.importing.making import Imported, import_document

__all__ = ["Imported", "import_document"]
