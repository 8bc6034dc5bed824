"""Firms and users choose a standard, and what others choose matters to them.

Nine modules are for use; each can be imported from :mod:`unigauge.models`, and each rests
on the modules named beside it, which hold one idea each.

================= =========================================================================
finite            games in normal form: ``normal_form`` (the game), ``best_reply_polytopes``
                  (all equilibria in whole numbers), ``equilibrium_sets`` (the list),
                  ``two_by_two`` (kinds of contest, risk dominance)
network_effects   many players of whom only the number matters: ``adoption_game``,
                  ``adoption_equilibria`` (equilibria, paths, tipping), ``several_standards``
bandwagon         switching together: two firms of unknown types, ``bandwagon_sequence``
                  (in turn), ``installed_base``
committee         talk, act, or both: with its ``committee_certificate``
attrition         who gives way: known stakes; ``private_attrition`` and its certificate,
                  ``qualities`` (distributions)
compatibility     one network or several: ``compatibility_market``, ``_equilibria`` and
                  ``_certificate``
global_games      private noise picks one equilibrium
selection         which convention survives: ``conventions`` (revision with mistakes),
                  ``markov_chains`` (stationary distributions, stochastic stability),
                  ``networks`` (contagion, peer effects), ``evolution`` (imitation)
quantal           play with noise: ``logit_branches`` (anonymous games), ``logit_pairs``
                  (two unlike players), ``logit_estimation`` (precision from counts)
================= =========================================================================

The function that finds the equilibria of a game is ``equilibria(game)`` where there may be
several (finite, network_effects, compatibility, quantal) and ``solve(parameters)`` where the
model picks one (bandwagon, committee, attrition, compatibility).
"""
