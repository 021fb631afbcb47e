"""The people of the Mesa model: negotiators, firms, licensing authorities, and what a strategy of one's own needs."""
