"""The demonstration city in a database: boundaries' synthetic shapes, made into posts, people, agencies, facilities and cases."""
