"""Hard matters in the database: consultations, whistles and proposed rules beside the cases they are about. Never commits."""
