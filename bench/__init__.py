"""What the portal costs, measured: a large community as rows, pages and documents by the clock. The product imports none of it."""
