"""The platforms: outside registries and serving systems, each behind base.Platform. They are only ever read."""
