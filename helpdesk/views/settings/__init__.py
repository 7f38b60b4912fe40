"""The settings of the desk: one small file per page."""
