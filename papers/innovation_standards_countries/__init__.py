"""Do patents follow certificates, or certificates patents?  145 countries, 1998-2017."""
