"""Tables of any size in, codes and problems out."""
