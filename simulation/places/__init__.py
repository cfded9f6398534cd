"""The places: province, city, county, town and community, built from a structure and sampled."""
