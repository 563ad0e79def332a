/** Version of `wt`, of the roost and of the wing: they are one program. */
export const VERSION = "0.1.0";
