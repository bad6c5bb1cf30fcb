"""Pages for people: what stands on them, from sandboxed templates that escape everything. They compute nothing."""
