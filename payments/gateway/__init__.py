"""How we talk to Stripe: the only room that imports `stripe`, and a stand-in that speaks its protocol."""
