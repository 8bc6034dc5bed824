"""A package bargain over 5G between China and Europe, with a rival."""
