"""What people read over many tickets: lists with what belongs to them, and figures."""
