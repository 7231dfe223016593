"""What the pipeline tells about itself: metrics, declared once, and where they are read."""
