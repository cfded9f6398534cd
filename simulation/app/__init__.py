"""The classroom page: one model per browser tab, played week by week, served wholly from this machine."""
