"""The classroom page: one model a browser tab, played week by week, served wholly from this machine."""
