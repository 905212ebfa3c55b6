import pandas


class PandasDataset(pandas.DataFrame):
    pass
