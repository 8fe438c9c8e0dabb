/** Loaded before the step's code: makes the step run its Windows code, with the paths and line ends of this system. */
import 'node:os';

Object.defineProperty(process, 'platform', { value: 'win32' });
