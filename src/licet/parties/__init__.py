"""Who is who: listings and the names they answer to."""
