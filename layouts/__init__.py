"""What the page is made of: the component tree, its ids and its words. No live data and no callbacks.

Every function here is pure: a city and a catalogue of words in, Dash components out. Live values are painted into the
tree by `assets/wall/**/*.mjs`; view state is changed by `callbacks/`.
"""
