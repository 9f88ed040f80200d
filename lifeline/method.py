"""Numbers of the method that findings, figures and prose share."""

LEVEL = 0.95
"""The level of confidence of intervals of surveys."""
DRAWS = 200_000
"""So many times a model is computed, each time with other assumptions."""
LEVELS = (0.5, 0.9)
"""The central intervals of the model that are shown."""
