"""Routes, a module for each subject: plain functions that parse, ask and answer. All of them only read."""
