"""A reseller's home: what must I do now, and by when?"""
