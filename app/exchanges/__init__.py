"""Making an accepted pairing happen safely, and knowing that it did.

The second yes takes the places and releases the contacts in one transaction.
Afterwards both sides say whether it happened; two yeses complete it and write the ledger.
"""
