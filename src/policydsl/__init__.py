"""Rules as code for the scoring policies of Chinese local governments."""

__version__ = "0.1.0"
