"""Hard matters: consultations in three tiers, the street's whistle, and rulings that become rules."""
