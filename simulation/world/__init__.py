"""The world: fixed arrays, the state that changes, compiled parameters, and forms that several rules share."""
