import { fileURLToPath } from 'node:url';

/** Compiling the simulator takes longer than a start of Node. https://nodejs.org/api/module.html#module-compile-cache */
export const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/simulator', import.meta.url));
