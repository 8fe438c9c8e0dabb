/** Loaded before the step's code: it takes the branches for Windows. Paths stay those of this system. */
Object.defineProperty(process, 'platform', { value: 'win32' });
