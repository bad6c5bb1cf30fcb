"""Planning of investment: costs, fibre routes, the choice under a budget, its sureness, and the next visits.

Frames and arrays in, frames out; no files and no maps.
"""
