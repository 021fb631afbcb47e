"""Known answers and patterns of the record (docs/validation.md), run afresh and reported whether met or not."""
