"""What the office says, in its readers' languages.

English stands in the templates and modules themselves; each other language has its catalog here, a
gettext file such as ``es.po``. `./roundsman texts` brings the catalogs up to date.
"""
