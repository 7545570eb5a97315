"""A stand-in for Stripe: the part of its HTTP protocol that we use, with a pay page and switches for faults.

It is a server of its own, for the demo and the tests, and is never part of `serve`. The `stripe` library talks to it as
to the real one; only the base address differs. It moves no money and serves no live key.
"""
