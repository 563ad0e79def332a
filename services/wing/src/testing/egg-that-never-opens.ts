/** An egg that runs and never opens its socket. */
setInterval(() => {}, 1_000);
