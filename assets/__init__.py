"""What is produced: asset and check factories over the catalogue."""
