"""Telling people what they should know, in their language, over the channel they chose.

A notice is a row in the platform; letters carry notices outside by mail or SMS.
Events that meet share one letter, and nothing leaves during quiet hours unless it is urgent.
"""
