"""What tests stand on: databases, browsers and servers."""
