"""Arellano and Bond (1991): the employment equations of Table 4."""
