"""One module for each engine that is measured; all have the same three functions.

``load(columns, threads)``
    the columns as the engine's users hold them, in types of its own; not timed.
``score(loaded)``
    every person's total, in whatever the engine gives; timed.  Nothing is kept between calls.
``hundredths(result)``
    the totals as an int32 array in hundredths of a point, floats rounded to them; not timed.

All know the scheme of ``scheme.policy`` by heart: each writes it in its own fastest style.  A value
that was not handed in is -1 for all of them (``columns.data``), which they treat like a value below
the lowest; that is cheaper for them than nulls.
"""
