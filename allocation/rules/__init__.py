"""What decides who may own which case, as managers set it: agents, cases, products, centers."""
