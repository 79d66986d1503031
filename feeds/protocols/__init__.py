"""One small pure codec per standard that a city's devices and platforms already speak; none opens a connection."""
