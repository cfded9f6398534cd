"""What the model knows: fixed arrays, the state that changes, compiled parameters, forms that several rules share."""
