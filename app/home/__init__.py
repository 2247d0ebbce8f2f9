"""The pages that belong to everybody: home, help, how it works, credits, and the platform's health.

In development, also the mailbox in which letters and sign-in codes arrive.
"""
