"""The words of texts: how alike two are, and titles for those that have none."""
