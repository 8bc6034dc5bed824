"""From models to evidence: panels with known truth, and what each estimator makes of them."""
