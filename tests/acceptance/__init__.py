"""The product seen from outside: files go in, the command line runs, exported files and printed words come out."""
