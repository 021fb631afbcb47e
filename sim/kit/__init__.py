"""The facilitator's kit: role cards from a scenario's own numbers, forms and scripts, to print."""
