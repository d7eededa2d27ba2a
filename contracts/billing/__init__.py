"""What a reseller owes: charges, options, invoices, payments, disputes (ATSP page 1, 3.1, 3.2)."""
