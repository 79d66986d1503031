"""The replay feed: a recorded CSV or NDJSON export, played into the log at a chosen speed.

`player` keeps the pace, `playlist` the order, `records` makes log records; `mapping` says what the columns mean, `rows`
and `cells` read them, `tape` opens the file, `summary` counts.
"""
