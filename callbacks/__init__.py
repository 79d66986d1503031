"""What a person and a browser ask of the wall: pages, the live link, view state, and the probes of a machine room."""
