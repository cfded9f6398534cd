"""The ledger (账): the accounts between which momentum moves, and the balance that stops a run when it is broken."""
