"""Shared tools of all computing: the kernel decorator, random draws without generators, and the machine's memory."""
