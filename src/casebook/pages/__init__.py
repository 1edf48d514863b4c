"""What is shown: prose, charts, tables and the pages written from the tables of data."""
