"""The compiled ensemble: many runs of one or many settings, chunk by chunk, on threads; it holds no rule of its own."""
