"""Where deliveries come from; every feed enters through lake.deliver."""
