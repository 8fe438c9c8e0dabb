/** Loaded before the step's code: it takes the branches for Windows. Paths and line ends stay those of this system. */
import 'node:os';

Object.defineProperty(process, 'platform', { value: 'win32' });
