"""Who objects to whose technical regulations in the European Union, 1990-2019."""
