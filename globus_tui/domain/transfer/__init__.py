"""What a timer moves or starts: transfers, tasks, collections, paths, flows."""
