"""A new case system: everything it holds against everything that the old one held, before anybody relies on it."""
