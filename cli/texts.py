"""`./roundsman texts`: the office's texts in other languages, brought up to date."""

from map_ui.texts.renew import renew


def run() -> None:
    """Write the catalogs of `map_ui/texts` anew from what templates and modules say."""
    for language, (texts, missing) in renew().items():
        print(f"map_ui/texts/{language}.po: {texts} texts, {missing} still in English")
