"""`make failover`: the primary of a PostgreSQL under Patroni is killed while tickets are sold and guests are let in."""
