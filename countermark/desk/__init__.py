"""What people do at the desk, kept in the ledger: accounts, assignments, comments, commentary, uploads. No page here."""
