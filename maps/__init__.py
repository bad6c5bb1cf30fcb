"""Maps, legends, tables and reports made from results; nothing here computes an indicator."""
