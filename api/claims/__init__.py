"""From what an operator files to what the province decides: filings, verifications, challenges."""
