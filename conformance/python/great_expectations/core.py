class ExpectationSuite:
    pass
