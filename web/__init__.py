"""The pages and the HTTP interface: parse, command or query, template."""
