"""Pictures of a case's report: each module draws one, in English or Chinese."""
