# Feast imports great_expectations to read and write validation references. It is not installed: these names are all that is imported.
