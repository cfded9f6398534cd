"""What all computing shares: the kernel decorator, random draws without generators, and the machine's memory."""
