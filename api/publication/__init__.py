"""What the public gets: publications as folders, tiles, styles, share links and PostGIS."""
