"""The commands of `hatangso`, a module for each subject; each has an `app` that `api.cli` puts together."""
