"""Citizens: who they are, whom they know, and their week."""
