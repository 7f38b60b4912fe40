"""The practice shop "Taller Norte": everything it needs to look like a ceramics shop at work."""
