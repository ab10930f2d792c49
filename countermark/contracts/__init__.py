"""What the definitions are allowed to say, and the catalogue that reads them."""
