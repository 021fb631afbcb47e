"""Known answers (MODEL.md section 13) and patterns of the record (section 14), run afresh and reported whether met or not."""
