"""The demo city pack: Changzhou 常州, with grids generated inside its real districts."""
