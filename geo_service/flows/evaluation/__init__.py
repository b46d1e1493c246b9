"""Evaluation: how well cases went, per area, agency and worker, each rate with what it is a share of."""
