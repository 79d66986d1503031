"""The analyst's workbench: what its page is made of, how its charts are drawn, and its state as an address."""
