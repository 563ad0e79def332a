/** Imported after what `unpooled-buffers.ts` is imported for. */
import { usualPoolSize } from "./unpooled-buffers.ts";

Buffer.poolSize = usualPoolSize;
