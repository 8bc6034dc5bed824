"""How :func:`unigauge.datasets.build` gets data from their official publishers."""
