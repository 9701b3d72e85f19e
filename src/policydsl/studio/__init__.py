"""``policydsl studio``: a local page on which a drafter tries changes of a policy.

A face like the command line: the server answers the page's questions from the parts below it and
keeps no draft of its own.  What page and server say to each other is in docs/studio.md.
"""
