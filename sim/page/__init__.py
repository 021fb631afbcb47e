"""The workshop page: one HTML file that holds the whole model and needs nothing else
(docs/workshop_page.md).
"""
