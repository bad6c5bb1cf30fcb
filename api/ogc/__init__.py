"""OGC API - Features: collections, filters and their pages, for whoever may see them."""
