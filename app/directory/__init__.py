"""What verified organisations offer everybody, told in the common language of directories.

Programs read it as HSDS 3.0 (Open Referral); kinds of help are mapped to Open Eligibility.
Only what anybody reads on our pages goes out: a desk, its phone and hours, its open offers.
"""
