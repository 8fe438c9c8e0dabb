import { fileURLToPath } from 'node:url';

/**
 * Where Node keeps the compiled files of the simulator. Compiling their TypeScript takes a process longer than Node's
 * own start. https://nodejs.org/api/module.html#module-compile-cache
 */
export const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/simulator', import.meta.url));
