"""The API: for shops, which tell us of their customers, orders and carts, and for agents, who read them."""
