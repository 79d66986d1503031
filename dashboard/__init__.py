"""The core: the fold from the log to what the screens show. Pure; it knows no web framework and no broker."""

__version__ = "0.1.0"
