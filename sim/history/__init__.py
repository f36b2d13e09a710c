"""What does a centre's history say? Volumes and handling times by interval, as WFM tools export them."""
