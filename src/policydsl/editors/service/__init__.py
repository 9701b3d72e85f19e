"""The language server: what an editor asks about policies, and the answers.

``positions`` counts as editors do, ``occurrences`` says which name stands where,
``analysis`` holds what is known of a text, ``answers`` are functions of that, ``server``
speaks the protocol.
"""
