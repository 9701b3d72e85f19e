"""Histories for other programs and for readers: pictures, graphs, and law in XML."""
