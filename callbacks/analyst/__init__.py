"""The analyst's workbench as an application of its own beside the wall's: its page, its charts, its rows, its files.

Nothing of the wall runs on it, and no live data comes to it: it asks.
"""

from callbacks.analyst.desk import register as register

__all__ = ["register"]
