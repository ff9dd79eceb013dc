"""The model learned from the record: text, state and precedents in, probabilities out."""
