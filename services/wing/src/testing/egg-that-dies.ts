/** An egg that ends before it opens its socket, and says why in its log. */
console.error("no bubblewrap on this host");
process.exit(4);
