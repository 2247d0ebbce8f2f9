"""The solidarity ledger: proof that solidarity happened, without saying to whom.

Each completed exchange leaves one entry in the transaction that completes it.
Entries are never changed; people appear only as commitments whose key can be deleted.
"""
