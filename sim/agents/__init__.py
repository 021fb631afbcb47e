"""The agents of the Mesa model: negotiators, firms, licensing authorities; and the interface of
custom strategies.
"""
