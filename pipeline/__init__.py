"""Steps know how: feeds, cleaning, enrichment and analysis over any source, keyed so that a second run changes nothing."""
