"""The controlled official wording: sentences and whole texts made from typed policies."""
