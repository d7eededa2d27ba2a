"""Fill a database with as many cases as a load test wants: copies of a mould that the portal's own acts made.

The mould is the demonstration and some more cases beside it (``mould``). What belongs to one of its resellers or cases
is found by following the models (``graph``), and copied inside PostgreSQL with new keys, names, texts and times
(``copying``, ``resellers``, ``cases``). A column or table that is added
later is therefore copied without a change here.

What the copies keep from the mould: sums in words and in JSON ("due Wed 5 Mar 12:54") tell the time of the mould's
case, a few weeks or minutes beside the copy's own. Sent e-mail is copied for open cases only.
"""
