"""Plans as SQL, for DuckDB and Spark."""
