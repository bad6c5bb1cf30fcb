"""Pages for people: what stands on them, drawn from sandboxed templates that escape everything. They compute nothing."""
